namespace Anyvisor.Drivers.Libvirt.Tests.Wire;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("anyvisor-libvirt-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public async Task WriteProgramAsync(string name, string script)
    {
        await File.WriteAllTextAsync(this[name], $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
