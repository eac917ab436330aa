using System.Text;

namespace Anyvisor.Cli.Tests;

/// <summary>One run of the tool in this process, with surroundings of the test's making.</summary>
internal sealed record Run(int Code, string Out, string Error)
{
    internal static Task<Run> Async(StubServer server, params string[] arguments) => Async(new Scene { Server = server.Url }, arguments);

    internal static async Task<Run> Async(Scene scene, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        using var bytes = new MemoryStream();
        var code = await App.RunAsync(
            arguments,
            new Surroundings
            {
                Out = output,
                Error = error,
                OpenInput = () => scene.Input ?? new MemoryStream(Encoding.UTF8.GetBytes(scene.InputText)),
                OpenOutput = () => bytes,
                OutIsTerminal = scene.Width > 0,
                Width = scene.Width,
                Environment = scene.Environment,
                OnInterrupt = scene.OnInterrupt,
                Time = scene.Time,
            }
        );
        return new Run(code, output + Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }
}

/// <summary>What a run finds around it.</summary>
internal sealed class Scene
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "anyvisor-cli-tests-none");

    internal string? Server { get; init; }
    internal string? Data { get; init; }
    internal string? Token { get; init; } = "secret-token-of-the-test";
    internal string InputText { get; init; } = "";
    internal Stream? Input { get; init; }
    internal int Width { get; init; }
    internal bool NoColour { get; init; } = true;
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Set once a command listens for an interrupt.</summary>
    internal TaskCompletionSource<Action> Listening { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string? Environment(string name) =>
        name switch
        {
            "ANYVISOR_SERVER" => Server,
            "ANYVISOR_TOKEN" => Token,
            "ANYVISOR_DATA" => Data ?? _data,
            "NO_COLOR" => NoColour ? "1" : null,
            _ => null,
        };

    internal IDisposable OnInterrupt(Action callback)
    {
        Listening.TrySetResult(callback);
        return new MemoryStream();
    }
}
