using System.Collections.Immutable;
using System.Text;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Shell;

/// <summary>Reads the part of the POSIX shell's language that remote commands are written in: no substitution, no patterns, no functions.</summary>
internal sealed class Parser(string text)
{
    private const int MostDepth = 50;
    private int _at;
    private int _depth;

    public static Node Parse(string text)
    {
        var parser = new Parser(text);
        var all = parser.List();
        parser.Skip(newlines: true);
        return parser.Peek() == '\0' ? all : throw new ShellSyntaxException($"syntax error near unexpected token `{parser.Peek()}'");
    }

    private Sequence List(params ReadOnlySpan<string> until)
    {
        if (++_depth > MostDepth)
            throw new ShellSyntaxException("too deep");
        var items = ImmutableArray.CreateBuilder<(Node, bool)>();
        while (true)
        {
            Skip(newlines: true);
            while (Take(";"))
                Skip(newlines: true);
            if (_at >= text.Length || Peek() is ')' or '}' || At(until))
                break;
            var command = AndOrList();
            Skip(newlines: false);
            var background = Peek() == '&' && Next() != '&';
            if (background)
                _at++;
            items.Add((command, background));
            Skip(newlines: false);
            if (!background && _at < text.Length && Peek() is not ('\n' or ';' or ')' or '}'))
                throw new ShellSyntaxException($"syntax error near unexpected token `{Peek()}'");
            if (Peek() == ';' && Next() == ';')
                throw new ShellSyntaxException("syntax error near unexpected token `;;'");
            if (Peek() == ';')
                _at++;
        }
        _depth--;
        return new Sequence(items.ToImmutable());
    }

    private Node AndOrList()
    {
        var first = Pipeline();
        var rest = ImmutableArray.CreateBuilder<(bool, Node)>();
        while (true)
        {
            Skip(newlines: false);
            if (Take("&&"))
                rest.Add((true, Following()));
            else if (Take("||"))
                rest.Add((false, Following()));
            else
                return rest.Count == 0 ? first : new AndOr(first, rest.ToImmutable());
        }
    }

    private Node Following()
    {
        Skip(newlines: true);
        return Pipeline();
    }

    private Node Pipeline()
    {
        var commands = ImmutableArray.CreateBuilder<Node>();
        do
        {
            Skip(newlines: commands.Count > 0);
            commands.Add(Command());
            Skip(newlines: false);
        } while (Peek() == '|' && Next() != '|' && Take("|"));
        return commands.Count == 1 ? commands[0] : new Pipe(commands.ToImmutable());
    }

    private Node Command()
    {
        Skip(newlines: false);
        return Compound() is { } compound ? Redirected(compound, Redirections()) : Simple();
    }

    private static Node Redirected(Node compound, ImmutableArray<Redirection> redirections) => compound with { Redirections = redirections };

    private Node? Compound()
    {
        if (Keyword("while"))
            return WhileLoop();
        if (Keyword("for"))
            return ForLoop();
        if (Keyword("if"))
            return IfElse();
        if (Peek() == '{' && char.IsWhiteSpace(Next()))
            return Group('}');
        return Peek() == '(' ? Group(')') : null;
    }

    private Node Group(char end)
    {
        _at++;
        var body = List();
        Skip(newlines: true);
        return Peek() == end ? Advance(body) : throw new ShellSyntaxException($"`{end}' expected");
    }

    private Node Advance(Node node)
    {
        _at++;
        return node;
    }

    private While WhileLoop()
    {
        var condition = List("do");
        Expect("do");
        var body = List("done");
        Expect("done");
        return new While(condition, body);
    }

    private For ForLoop()
    {
        Skip(newlines: false);
        var name = Name();
        Skip(newlines: true);
        var words = ImmutableArray.CreateBuilder<Word>();
        if (Keyword("in"))
            for (Skip(newlines: false); Peek() is not (';' or '\n' or '\0'); Skip(newlines: false))
                words.Add(ReadWord());
        else
            words.Add(new Word([new Piece("@", true, true)]));
        Skip(newlines: true);
        _ = Take(";");
        Skip(newlines: true);
        Expect("do");
        var body = List("done");
        Expect("done");
        return new For(name, words.ToImmutable(), body);
    }

    private If IfElse()
    {
        var branches = ImmutableArray.CreateBuilder<(Node, Node)>();
        Node? otherwise = null;
        do
        {
            var condition = List("then");
            Expect("then");
            branches.Add((condition, List("elif", "else", "fi")));
        } while (Keyword("elif"));
        if (Keyword("else"))
            otherwise = List("fi");
        Expect("fi");
        return new If(branches.ToImmutable(), otherwise);
    }

    private SimpleCommand Simple()
    {
        var assignments = ImmutableArray.CreateBuilder<(string, Word)>();
        var words = ImmutableArray.CreateBuilder<Word>();
        var redirections = ImmutableArray.CreateBuilder<Redirection>();
        while (true)
        {
            Skip(newlines: false);
            if (Redirection() is { } redirection)
                redirections.Add(redirection);
            else if (Peek() is '\0' or '\n' or ';' or '&' or '|' or ')' or '(')
                break;
            else if (words.Count == 0 && Assignment() is { } assignment)
                assignments.Add(assignment);
            else
                words.Add(ReadWord());
        }
        if (words.Count == 0 && assignments.Count == 0 && redirections.Count == 0)
            throw new ShellSyntaxException(_at < text.Length ? $"syntax error near unexpected token `{Peek()}'" : "syntax error: unexpected end of file");
        return new SimpleCommand(assignments.ToImmutable(), words.ToImmutable()) { Redirections = redirections.ToImmutable() };
    }

    private ImmutableArray<Redirection> Redirections()
    {
        var all = ImmutableArray.CreateBuilder<Redirection>();
        for (Skip(newlines: false); Redirection() is { } redirection; Skip(newlines: false))
            all.Add(redirection);
        return all.ToImmutable();
    }

    private Redirection? Redirection()
    {
        var from = _at;
        int? descriptor = null;
        if (Peek() is '0' or '1' or '2' && Next() is '<' or '>')
            descriptor = text[_at++] - '0';
        if (Peek() is not ('<' or '>'))
        {
            _at = from;
            return null;
        }
        var input = text[_at++] == '<';
        if (input && Take("<"))
            return new Redirection(0, "<<", HereDocument());
        var op = input ? "<" : Take(">") ? ">>" : Take("&") ? "&" : ">";
        Skip(newlines: false);
        return new Redirection(descriptor ?? (input ? 0 : 1), op, ReadWord());
    }

    /// <summary>The lines after this one until the word, which is quoted: nothing in them is replaced. They are taken out of the text.</summary>
    private Word HereDocument()
    {
        Skip(newlines: false);
        var word = ReadWord();
        if (!word.Pieces.All(piece => piece is { Quoted: true, Parameter: false }))
            throw new ShellSyntaxException("here documents are simulated with a quoted word alone");
        var until = string.Concat(word.Pieces.Select(piece => piece.Text));
        var from = text.IndexOf('\n', _at) + 1;
        for (var line = from; from > 0 && line < text.Length;)
        {
            var end = text.IndexOf('\n', line) is var at and >= 0 ? at : text.Length;
            if (text.AsSpan(line, end - line).SequenceEqual(until))
            {
                var body = text[from..line];
                text = text[..from] + text[Math.Min(end + 1, text.Length)..];
                return new Word([new Piece(body, true, false)]);
            }
            line = end + 1;
        }
        throw new ShellSyntaxException("unexpected EOF in a here document", incomplete: true) { Until = until };
    }

    private (string, Word)? Assignment()
    {
        var end = _at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        if (end == _at || char.IsAsciiDigit(text[_at]) || end >= text.Length || text[end] != '=')
            return null;
        var name = text[_at..end];
        _at = end + 1;
        return (name, Peek() is '\0' or '\n' or ';' or '&' or '|' or ' ' or '\t' or ')' ? new Word([new Piece("", true, false)]) : ReadWord());
    }

    private Word ReadWord()
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var literal = new StringBuilder();
        var from = _at;
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is ' ' or '\t' or '\n' or ';' or '&' or '|' or '<' or '>' or '(' or ')')
                break;
            _at++;
            if (c == '\'')
            {
                var end = text.IndexOf('\'', _at);
                if (end < 0)
                    throw new ShellSyntaxException("unexpected EOF while looking for matching `''", incomplete: true);
                Flush(false);
                pieces.Add(new Piece(text[_at..end], true, false));
                _at = end + 1;
            }
            else if (c == '"')
            {
                Flush(false);
                DoubleQuoted(pieces);
            }
            else if (c == '\\' && _at < text.Length)
            {
                Flush(false);
                pieces.Add(new Piece(text[_at++].ToString(), true, false));
            }
            else if (c == '$' && Parameter() is { } parameter)
            {
                Flush(false);
                pieces.Add(new Piece(parameter, false, true));
            }
            else if (c == '`')
                throw new ShellSyntaxException("command substitution is not simulated");
            else
                literal.Append(c);
        }
        Flush(false);
        return _at > from ? new Word(pieces.ToImmutable()) : throw new ShellSyntaxException("syntax error: a word is missing");

        void Flush(bool quoted)
        {
            if (literal.Length == 0)
                return;
            pieces.Add(new Piece(literal.ToString(), quoted, false));
            literal.Clear();
        }
    }

    private void DoubleQuoted(ImmutableArray<Piece>.Builder pieces)
    {
        var literal = new StringBuilder();
        var count = pieces.Count;
        while (_at < text.Length && text[_at] != '"')
        {
            var c = text[_at++];
            if (c == '\\' && Peek() is '"' or '\\' or '$' or '`')
                literal.Append(text[_at++]);
            else if (c == '$' && Parameter() is { } parameter)
            {
                if (literal.Length > 0)
                    pieces.Add(new Piece(literal.ToString(), true, false));
                literal.Clear();
                pieces.Add(new Piece(parameter, true, true));
            }
            else
                literal.Append(c);
        }
        if (_at++ >= text.Length)
            throw new ShellSyntaxException("unexpected EOF while looking for matching `\"'", incomplete: true);
        // An empty pair of quotes is a word; one with nothing but a parameter is what that is.
        if (literal.Length > 0 || pieces.Count == count)
            pieces.Add(new Piece(literal.ToString(), true, false));
    }

    /// <summary>The name after a dollar sign; null where it is only a dollar sign.</summary>
    private string? Parameter()
    {
        if (Peek() == '(')
            throw new ShellSyntaxException("command substitution is not simulated");
        if (Peek() == '{')
        {
            var end = text.IndexOf('}', _at);
            var name = end < 0 ? throw new ShellSyntaxException("`}' expected") : text[(_at + 1)..end];
            _at = end + 1;
            return name;
        }
        if (Peek() is '?' or '!' or '$' or '@' or '*' or '#' || char.IsAsciiDigit(Peek()))
            return text[_at++].ToString();
        return char.IsAsciiLetter(Peek()) || Peek() == '_' ? Name() : null;
    }

    private string Name()
    {
        var from = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            _at++;
        return _at > from ? text[from.._at] : throw new ShellSyntaxException("a name is missing");
    }

    private void Skip(bool newlines)
    {
        while (_at < text.Length)
            if (text[_at] is ' ' or '\t' || newlines && text[_at] is '\n' or '\r')
                _at++;
            else if (text[_at] == '\\' && Next() == '\n')
                _at += 2;
            else if (text[_at] == '#')
                _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
            else
                return;
    }

    private bool Keyword(string word)
    {
        if (!AtWord(word))
            return false;
        _at += word.Length;
        return true;
    }

    private void Expect(string word)
    {
        Skip(newlines: true);
        _ = Take(";");
        Skip(newlines: true);
        if (!Keyword(word))
            throw new ShellSyntaxException($"syntax error: `{word}' expected");
    }

    private bool At(ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (AtWord(word))
                return true;
        return false;
    }

    private bool AtWord(string word) =>
        string.CompareOrdinal(text, _at, word, 0, word.Length) == 0
        && (_at + word.Length == text.Length || text[_at + word.Length] is ' ' or '\t' or '\n' or ';' or ')' or '&' or '|');

    private bool Take(string token)
    {
        if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            return false;
        _at += token.Length;
        return true;
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private char Next() => _at + 1 < text.Length ? text[_at + 1] : '\0';
}
