using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Anyvisor.Drivers.SolarisZones.Simulator.Estate;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Shell;

/// <summary>A shell that ends: by exit, or where the text can't be read.</summary>
internal sealed class ShellExit(int code) : Exception
{
    public int Code { get; } = code;
}

/// <summary>Runs a command of a session, with the faults that strike it.</summary>
internal delegate Task<int> CallAround(Func<Streams, Task<int>> call, Streams io, CancellationToken cancellationToken);

/// <summary>One shell on a simulated host. What it can call are the commands of the host, and nothing of the machine that we run on.</summary>
/// <param name="host">Where.</param>
/// <param name="parameters">Its name, then its positional parameters.</param>
/// <param name="variables">Its own.</param>
/// <param name="around">Runs the commands that it starts itself; those of shells below it are part of these.</param>
internal sealed class Interpreter(SimHost host, string[] parameters, Dictionary<string, string> variables, CallAround? around = null)
{
    // What a shell does by itself, and what starts another command in its own place.
    private static readonly FrozenSet<string> Within = FrozenSet.Create(StringComparer.Ordinal, "echo", "printf", "test", "true", "false", "kill", "env", "pfexec", "nohup", "sh", "pfsh");

    private string[] _parameters = parameters;
    private int _last;
    private int? _background;

    public SimHost Host => host;

    public Dictionary<string, string> Variables => variables;

    public static Interpreter Login(SimHost host, CallAround? around = null) =>
        new(host, ["-sh"], new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = "/root", ["USER"] = "root", ["PATH"] = "/usr/bin:/usr/sbin" }, around);

    /// <summary>Runs a text to its end and gives the exit code.</summary>
    public async Task<int> RunAsync(string text, Streams io, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(Parser.Parse(text), io, cancellationToken).ConfigureAwait(false);
        }
        catch (ShellSyntaxException e)
        {
            io.Error($"sh: {e.Message}\n");
            return 2;
        }
        catch (ShellExit e)
        {
            return e.Code;
        }
    }

    /// <summary>Reads commands from the standard input and runs each as soon as it is whole, until the input ends.</summary>
    public async Task<int> RunInputAsync(Streams io, CancellationToken cancellationToken)
    {
        try
        {
            while (await NextAsync(io.In, cancellationToken).ConfigureAwait(false) is { } command)
                _ = await RunAsync(command, io, cancellationToken).ConfigureAwait(false);
            return _last;
        }
        catch (ShellSyntaxException e)
        {
            io.Error($"sh: {e.Message}\n");
            return 2;
        }
        catch (ShellExit e)
        {
            return e.Code;
        }
    }

    /// <summary>A shell below this one, with its variables.</summary>
    public Interpreter Below(string[] words) => new(host, words, new Dictionary<string, string>(variables, StringComparer.Ordinal));

    /// <summary>A shell in this one's place, with its variables.</summary>
    public Interpreter Instead(string[] words) => new(host, words, new Dictionary<string, string>(variables, StringComparer.Ordinal), around);

    private static async Task<Node?> NextAsync(InputText input, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        string? until = null;
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            text.Append(line).Append('\n');
            if (until is not null && line != until)
                continue;
            try
            {
                return Parser.Parse(text.ToString());
            }
            catch (ShellSyntaxException e) when (e.Incomplete)
            {
                until = e.Until;
            }
        }
        return text.Length == 0 ? null : Parser.Parse(text.ToString());
    }

    public void Shift(int count) => _parameters = [_parameters[0], .. _parameters.Skip(1 + count)];

    private async Task<int> RunAsync(Node node, Streams io, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await RedirectAsync(node, io, cancellationToken).ConfigureAwait(false) is not { } inner)
            return _last = 1;
        return _last = node switch
        {
            SimpleCommand simple => await SimpleAsync(simple, inner, cancellationToken).ConfigureAwait(false),
            Sequence sequence => await SequenceAsync(sequence, inner, cancellationToken).ConfigureAwait(false),
            AndOr both => await AndOrAsync(both, inner, cancellationToken).ConfigureAwait(false),
            Pipe pipe => await PipeAsync(pipe, inner, cancellationToken).ConfigureAwait(false),
            While loop => await WhileAsync(loop, inner, cancellationToken).ConfigureAwait(false),
            For loop => await ForAsync(loop, inner, cancellationToken).ConfigureAwait(false),
            If branch => await IfAsync(branch, inner, cancellationToken).ConfigureAwait(false),
            _ => throw new ArgumentOutOfRangeException(nameof(node)),
        };
    }

    private async Task<int> SequenceAsync(Sequence sequence, Streams io, CancellationToken cancellationToken)
    {
        var code = 0;
        foreach (var (command, background) in sequence.Items)
            if (background)
            {
                var below = Below(_parameters);
                _background = host.Spawn(token => below.RunGuardedAsync(command, io with { In = new InputText("") }, token));
                code = _last = 0;
            }
            else
                code = await RunAsync(command, io, cancellationToken).ConfigureAwait(false);
        return code;
    }

    private async Task<int> RunGuardedAsync(Node command, Streams io, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(command, io, cancellationToken).ConfigureAwait(false);
        }
        catch (ShellExit e)
        {
            return e.Code;
        }
    }

    private async Task<int> AndOrAsync(AndOr both, Streams io, CancellationToken cancellationToken)
    {
        var code = await RunAsync(both.First, io, cancellationToken).ConfigureAwait(false);
        foreach (var (and, next) in both.Rest)
            if (and == (code == 0))
                code = await RunAsync(next, io, cancellationToken).ConfigureAwait(false);
        return code;
    }

    // One after the other: what is simulated is short.
    private async Task<int> PipeAsync(Pipe pipe, Streams io, CancellationToken cancellationToken)
    {
        var (input, code) = (io.In, 0);
        for (var i = 0; i < pipe.Commands.Length; i++)
        {
            var said = new StringBuilder();
            var last = i == pipe.Commands.Length - 1;
            code = await Below(_parameters).RunGuardedAsync(pipe.Commands[i], io with { In = input, Out = last ? io.Out : text => said.Append(text) }, cancellationToken).ConfigureAwait(false);
            input = new InputText(said.ToString());
        }
        return code;
    }

    private async Task<int> WhileAsync(While loop, Streams io, CancellationToken cancellationToken)
    {
        var code = 0;
        while (await RunAsync(loop.Condition, io, cancellationToken).ConfigureAwait(false) == 0)
            code = await RunAsync(loop.Body, io, cancellationToken).ConfigureAwait(false);
        return code;
    }

    private async Task<int> ForAsync(For loop, Streams io, CancellationToken cancellationToken)
    {
        var code = 0;
        foreach (var value in loop.Words.SelectMany(Expand).ToList())
        {
            variables[loop.Name] = value;
            code = await RunAsync(loop.Body, io, cancellationToken).ConfigureAwait(false);
        }
        return code;
    }

    private async Task<int> IfAsync(If branch, Streams io, CancellationToken cancellationToken)
    {
        foreach (var (condition, body) in branch.Branches)
            if (await RunAsync(condition, io, cancellationToken).ConfigureAwait(false) == 0)
                return await RunAsync(body, io, cancellationToken).ConfigureAwait(false);
        return branch.Else is null ? 0 : await RunAsync(branch.Else, io, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> SimpleAsync(SimpleCommand command, Streams io, CancellationToken cancellationToken)
    {
        string[] words = [.. command.Words.SelectMany(Expand)];
        foreach (var (name, value) in command.Assignments)
            variables[name] = string.Concat(Expand(value));
        return words.Length == 0 ? 0 : await CallAsync(words, io, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one command of words that are as they are to be.</summary>
    public async Task<int> CallAsync(string[] words, Streams io, CancellationToken cancellationToken)
    {
        switch (words[0])
        {
            case "exit":
                throw new ShellExit(words.Length > 1 && int.TryParse(words[1], out var code) ? code : _last);
            case "shift":
                Shift(words.Length > 1 && int.TryParse(words[1], out var count) ? count : 1);
                return 0;
            case "read":
                return await ReadAsync(words, io, cancellationToken).ConfigureAwait(false);
            case "wait":
                return words.Length > 1 && int.TryParse(words[1], out var pid) ? await host.WaitAsync(pid, cancellationToken).ConfigureAwait(false) : 0;
            case ":" or "export" or "umask" or "set":
                return 0;
            default:
                return around is null || Within.Contains(words[0]) && words is not ["sh" or "pfsh", "-c", ..]
                    ? await host.CallAsync(this, words, io, cancellationToken).ConfigureAwait(false)
                    : await around(streams => host.CallAsync(this, words, streams, cancellationToken), io, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<int> ReadAsync(string[] words, Streams io, CancellationToken cancellationToken)
    {
        if (await io.In.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } line)
            return 1;
        string[] names = [.. words.Skip(1).Where(word => !word.StartsWith('-'))];
        var values = line.Split([' ', '\t'], Math.Max(1, names.Length), StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var i = 0; i < names.Length; i++)
            variables[names[i]] = i < values.Length ? values[i] : "";
        return 0;
    }

    private async Task<Streams?> RedirectAsync(Node node, Streams io, CancellationToken cancellationToken)
    {
        foreach (var redirection in node.Redirections)
        {
            var target = string.Concat(Expand(redirection.Target));
            switch (redirection.Operator)
            {
                case "<<":
                    io = io with { In = new InputText(target) };
                    break;
                case "<" when target == "/dev/null":
                    io = io with { In = new InputText("") };
                    break;
                case "<":
                    if (host.Files.Read(target) is not { } text)
                    {
                        io.Error($"sh: {target}: cannot open\n");
                        return null;
                    }
                    io = io with { In = new InputText(text) };
                    break;
                case "&":
                    io = target == "1" ? io with { Error = io.Out } : io with { Out = io.Error };
                    break;
                default:
                    if (target != "/dev/null" && !host.Files.Open(target, append: redirection.Operator == ">>"))
                    {
                        io.Error($"sh: {target}: cannot create\n");
                        return null;
                    }
                    Action<string> write = target == "/dev/null" ? _ => { } : said => host.Files.Append(target, said);
                    io = redirection.Descriptor == 2 ? io with { Error = write } : io with { Out = write };
                    break;
            }
        }
        await Task.CompletedTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        return io;
    }

    private List<string> Expand(Word word)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var any = false;
        foreach (var piece in word.Pieces)
            if (!piece.Parameter)
            {
                field.Append(piece.Text);
                any |= piece.Quoted || piece.Text.Length > 0;
            }
            else if (piece.Text is "@" && piece.Quoted)
            {
                for (var i = 1; i < _parameters.Length; i++)
                {
                    if (i > 1)
                    {
                        fields.Add(field.ToString());
                        field.Clear();
                    }
                    field.Append(_parameters[i]);
                    any = true;
                }
            }
            else if (piece.Quoted)
            {
                field.Append(Value(piece.Text));
                any = true;
            }
            else
                Split(Value(piece.Text));
        if (any)
            fields.Add(field.ToString());
        return fields;

        void Split(string value)
        {
            var words = value.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < words.Length; i++)
            {
                if (i > 0)
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }
                field.Append(words[i]);
                any = true;
            }
        }
    }

    private string Value(string name) => name switch
    {
        "?" => _last.ToString(CultureInfo.InvariantCulture),
        "!" => _background?.ToString(CultureInfo.InvariantCulture) ?? "",
        "$" => host.ShellPid(this).ToString(CultureInfo.InvariantCulture),
        "#" => (_parameters.Length - 1).ToString(CultureInfo.InvariantCulture),
        "@" or "*" => string.Join(' ', _parameters.Skip(1)),
        _ when char.IsAsciiDigit(name[0]) => int.Parse(name, CultureInfo.InvariantCulture) is var at && at < _parameters.Length ? _parameters[at] : "",
        _ => variables.GetValueOrDefault(name, ""),
    };
}
