using System.Text.Json.Serialization;

namespace Anyvisor.Drivers.SolarisZones.Rad;

internal sealed record RadSignIn(string Username, string Password, string Scheme, bool Preserve, int Timeout)
{
    // A record prints its properties: this one must not.
    public override string ToString() => $"sign-in of {Username}";
}

internal sealed record RadOptions(IReadOnlyList<string> Options);

internal sealed record RadImport(IReadOnlyList<string> Configuration, string Name, bool Noexecute);

internal sealed record RadName(string Name);

internal sealed record RadProperty(string Name, string Value);

internal sealed record RadFilter(string Type, IReadOnlyList<RadProperty> Properties);

internal sealed record RadResource(RadFilter Resource);

internal sealed record RadSetProperties(RadFilter Filter, IReadOnlyList<RadProperty> Properties);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RadSignIn))]
[JsonSerializable(typeof(RadOptions))]
[JsonSerializable(typeof(RadImport))]
[JsonSerializable(typeof(RadName))]
[JsonSerializable(typeof(RadResource))]
[JsonSerializable(typeof(RadSetProperties))]
internal sealed partial class RadJson : JsonSerializerContext;
