using Anyvisor.Drivers.Libvirt.Wire;

namespace Anyvisor.Drivers.Libvirt;

/// <summary>Waits for calls of the client and says in the contract's words what failed.</summary>
internal static class Calls
{
    /// <summary>A call that only reads.</summary>
    public static async Task<T> AskAsync<T>(Task<T> call, string doing)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: false);
        }
    }

    /// <summary>A call for something that may not be there: null then.</summary>
    public static async Task<T?> FindAsync<T>(Task<T> call, string doing)
        where T : struct
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LibvirtException e) when (IsMissing(e))
        {
            return null;
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: false);
        }
    }

    /// <summary>A call that changes something.</summary>
    public static async Task<T> ChangeAsync<T>(Task<T> call, string doing)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
    }

    /// <inheritdoc cref="ChangeAsync{T}"/>
    public static async Task ChangeAsync(Task call, string doing)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, doing, mutating: true);
        }
    }

    public static bool IsMissing(LibvirtException e) =>
        e.Code
            is LibvirtErrorCode.NoDomain
                or LibvirtErrorCode.NoStorageVol
                or LibvirtErrorCode.NoStoragePool
                or LibvirtErrorCode.NoNetwork
                or LibvirtErrorCode.NoDomainSnapshot
                or LibvirtErrorCode.NoDomainMetadata;
}
