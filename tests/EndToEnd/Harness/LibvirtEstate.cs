using Xunit;

namespace Anyvisor.EndToEnd.Harness;

/// <summary>A server with the libvirt bed as its provider <c>lab</c> and the image <c>hello</c> in it, for the tests of one class.</summary>
public sealed class LibvirtEstate : IAsyncLifetime
{
    internal const string Provider = "lab";
    private readonly List<string> _guests = [];
    private ServerProcess? _server;
    private Virsh? _virsh;
    private string? _image;

    internal ServerProcess Server => _server!;

    internal Cli Cli => Server.Cli;

    internal Virsh Virsh => _virsh!;

    internal string Image => _image!;

    public async ValueTask InitializeAsync()
    {
        _virsh = new Virsh(Bed.LibvirtUri);
        var hello = Bed.HelloImage;
        _server = await ServerProcess.StartNewAsync();
        await Cli.DoAsync("provider", "add", Provider, "--driver", "libvirt", "--url", Virsh.Uri, "--set", "accel=tcg");
        _image = NewName("hello");
        await Cli.DoAsync("image", "import", hello, "--name", _image, "--provider", Provider);
    }

    /// <summary>A name that no other run uses. What has it is removed at the end, if the test did not.</summary>
    internal string NewName(string stem)
    {
        var name = $"{stem}-{Guid.NewGuid().ToString("N")[..8]}";
        _guests.Add(name);
        return name;
    }

    internal async Task<string> CreateGuestAsync(string stem, bool start = true)
    {
        var name = NewName(stem);
        string[] line = ["guest", "create", name, "--provider", Provider, "--image", Image, "--cpus", "1", "--memory", "256MiB"];
        await Cli.DoAsync(start ? [.. line, "--start"] : line);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        foreach (var guest in _guests)
            await RemoveAsync(guest);
    }

    /// <summary>Removes what a failed test left, through libvirt alone.</summary>
    private async Task RemoveAsync(string name)
    {
        if (await Virsh.StateAsync(name) != "absent")
        {
            await Virsh.TryAsync("destroy", name);
            await Virsh.TryAsync("undefine", name, "--managed-save", "--snapshots-metadata", "--nvram");
        }
        foreach (var volume in (await Virsh.VolumesAsync()).Where(volume => volume.Contains(name, StringComparison.Ordinal)))
            await Virsh.TryAsync("vol-delete", volume.Split('/')[1], "--pool", volume.Split('/')[0]);
    }
}
