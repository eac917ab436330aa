using System.Runtime.InteropServices;
using System.Text;
using Anyvisor.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Anyvisor.Cli;

/// <summary>The surroundings of a real process.</summary>
internal static class ProcessSurroundings
{
    internal static Surroundings Create()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var outIsTerminal = !Console.IsOutputRedirected;
        return new Surroundings
        {
            // Buffered and flushed by whoever has a reason to: a list is not written line by line.
            Out = new StreamWriter(Console.OpenStandardOutput(), utf8, bufferSize: 1 << 14),
            Error = new StreamWriter(Console.OpenStandardError(), utf8, bufferSize: 256) { AutoFlush = true },
            OpenInput = OpenInput,
            OpenOutput = Console.OpenStandardOutput,
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            InputIsTerminal = !Console.IsInputRedirected,
            Width = outIsTerminal ? TerminalSize.Columns() : 0,
            Environment = Environment.GetEnvironmentVariable,
            OnInterrupt = static callback => new Signals(callback),
        };
    }

    /// <summary>
    /// Standard input as its bytes. The console's own stream edits lines on a terminal and turns echo back on,
    /// which a guest's console must not have.
    /// </summary>
    private static Stream OpenInput() =>
        OperatingSystem.IsWindows()
            ? Console.OpenStandardInput()
            : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    private sealed class Signals : IDisposable
    {
        private readonly PosixSignalRegistration[] _registrations;

        internal Signals(Action callback)
        {
            PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
            _registrations = Array.ConvertAll(
                signals,
                signal =>
                    PosixSignalRegistration.Create(
                        signal,
                        context =>
                        {
                            context.Cancel = true;
                            callback();
                        }
                    )
            );
        }

        public void Dispose()
        {
            foreach (var registration in _registrations)
                registration.Dispose();
        }
    }
}
