using Anyvisor.Model;

namespace Anyvisor.Core.Placement;

/// <summary>What a guest to be made asks of a host, as far as its request and image say.</summary>
/// <param name="Arch">Unknown asks for nothing.</param>
/// <param name="Os">Unknown asks for nothing.</param>
/// <param name="Memory">Bytes.</param>
internal readonly record struct GuestNeeds(Architecture Arch, OsFamily Os, long Memory)
{
    public static GuestNeeds Of(CreateGuest request, Image? image) =>
        new(
            request.Settings.TryGetValue("arch", out var word) && Enum.TryParse<Architecture>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var arch) ? arch : image?.Arch ?? Architecture.Unknown,
            image?.Os.Family ?? OsFamily.Unknown,
            request.Memory
        );
}
