using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Driver.Watching;
using Anyvisor.Model;

namespace Anyvisor.Unit.Tests.Server;

/// <summary>A system of one guest whose serial console says back what is typed, and ends at <c>bye</c>.</summary>
internal sealed class LoopDriver : IDriver
{
    internal const string GuestName = "parrot";

    public DriverInfo Info { get; } =
        new()
        {
            Kind = "loop",
            Description = "One guest that repeats what it hears.",
            Settings = [new Setting { Name = "api-key", Type = SettingType.Secret, Help = "Not used." }],
            Verbs = FacetVerbs.Of<Connection>(),
        };

    public string? Validate(ProviderAddress address) => address.Url == "loop:" ? null : "The URL of a loop is 'loop:'.";

    public Task<IProviderConnection> ConnectAsync(ProviderAddress address, DriverContext context, CancellationToken cancellationToken) =>
        address.Password?.Reveal() == "wrong"
            ? Task.FromException<IProviderConnection>(new ProviderException(ProviderError.AuthenticationFailed, "The loop refuses this password."))
            : Task.FromResult<IProviderConnection>(new Connection(address.Provider, context.Time));

    private sealed class Connection(string provider, TimeProvider time) : IProviderConnection, IGuestConsole, IGuestResize
    {
        public ProviderAbout About { get; } = new("Loop", "1", new Freshness(true, null));

        public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new SnapshotBegin([ObjectKind.Guest]);
            foreach (var name in new[] { GuestName, "mute" })
                yield return new Seen(Guest(name));
            yield return new SnapshotComplete();
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
                yield return new Heartbeat();
            }
        }

        private Guest Guest(string name) =>
            new()
            {
                Id = ObjectId.Derive(ObjectKind.Guest, provider, new NativeId(name)),
                NativeId = new NativeId(name),
                Name = name,
                Provider = provider,
                Power = PowerState.On,
                ObservedAt = time.GetUtcNow().UtcDateTime,
            };

        public void RequestRefresh() { }

        public ActionState Judge(Verb verb, Guest guest) => ActionState.Native;

        public Task<Guest?> ReadGuestAsync(NativeId guest, CancellationToken cancellationToken) => Task.FromResult<Guest?>(Guest(guest.ToString()));

        public Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<ConsoleInfo>>([new ConsoleInfo(ConsoleKind.Serial, Available: true)]);

        public Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken) =>
            guest.Name == GuestName
                ? Task.FromResult<Stream>(new Echo())
                : Task.FromException<Stream>(new ProviderException(ProviderError.Conflict, "It has no console now."));

        public Task<ResizeOutcome> ResizeAsync(Guest guest, int? vcpus, long? memory, CancellationToken cancellationToken) => Task.FromResult(ResizeOutcome.AtNextStart);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Echo : Stream
    {
        private readonly Pipe _pipe = new();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await _pipe.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Span.SequenceEqual("bye"u8))
                await _pipe.Writer.CompleteAsync();
            else
                await _pipe.Writer.WriteAsync(buffer, cancellationToken);
        }

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new InvalidOperationException();
        public override long Position
        {
            get => throw new InvalidOperationException();
            set => throw new InvalidOperationException();
        }

        public override void Flush() { }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException();

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException();

        public override long Seek(long offset, SeekOrigin origin) => throw new InvalidOperationException();

        public override void SetLength(long value) => throw new InvalidOperationException();
    }
}
