using System.Collections.Concurrent;
using System.Text;

namespace Anyvisor.Drivers.SolarisZones.Simulator.Estate;

/// <summary>The few files that a simulated host has, in memory. Thread-safe.</summary>
internal sealed class SimFiles
{
    private readonly ConcurrentDictionary<string, StringBuilder> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _folders = new(StringComparer.Ordinal) { ["/root"] = 1, ["/var/tmp"] = 1, ["/tmp"] = 1 };

    public bool IsFile(string path) => _files.ContainsKey(path);

    public bool IsFolder(string path) => _folders.ContainsKey(path);

    public bool MakeFolder(string path) => _folders.ContainsKey(Parent(path)) && !_files.ContainsKey(path) && _folders.TryAdd(path, 1);

    public bool RemoveFolder(string path) => !_files.Keys.Any(file => Parent(file) == path) && _folders.TryRemove(path, out _);

    public void Put(string path, string text) => _files[path] = new StringBuilder(text);

    public bool Remove(string path) => _files.TryRemove(path, out _);

    public string? Read(string path)
    {
        if (!_files.TryGetValue(path, out var text))
            return null;
        lock (text)
            return text.ToString();
    }

    public bool Open(string path, bool append)
    {
        if (!_folders.ContainsKey(Parent(path)))
            return false;
        if (!append || !_files.ContainsKey(path))
            _files[path] = new StringBuilder();
        return true;
    }

    public void Append(string path, string said)
    {
        if (_files.TryGetValue(path, out var text))
            lock (text)
                text.Append(said);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var at and > 0 ? path[..at] : "/";
}
