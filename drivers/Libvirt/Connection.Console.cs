using System.Collections.Immutable;
using Anyvisor.Driver;
using Anyvisor.Driver.Facets;
using Anyvisor.Drivers.Libvirt.Consoles;
using Anyvisor.Drivers.Libvirt.Wire;
using Anyvisor.Drivers.Libvirt.Xml;
using Anyvisor.Model;

namespace Anyvisor.Drivers.Libvirt;

internal sealed partial class Connection : IGuestConsole
{
    public async Task<ImmutableArray<ConsoleInfo>> ListConsolesAsync(Guest guest, CancellationToken cancellationToken)
    {
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        var consoles = ImmutableArray.CreateBuilder<ConsoleInfo>();
        var off = domain.Id < 0 ? new ActionReason("not-on", "It is not on.") : null;
        if (description.HasConsole && !_host.Traits.Lacks.ContainsKey(Verb.ConsoleSerial))
            consoles.Add(new ConsoleInfo(ConsoleKind.Serial, off is null, off));
        if (description.Graphics.FirstOrDefault(g => g.Type == "vnc") is { } screen)
        {
            var why = off ?? ScreenLine.WhyNot(_uri, screen);
            consoles.Add(new ConsoleInfo(ConsoleKind.Vnc, why is null, why));
        }
        return consoles.DrainToImmutable();
    }

    public async Task<Stream> OpenConsoleAsync(Guest guest, ConsoleKind kind, CancellationToken cancellationToken)
    {
        var (domain, description) = await LiveAsync(guest, cancellationToken).ConfigureAwait(false);
        if (domain.Id < 0)
            throw new ProviderException(ProviderError.Conflict, $"Guest '{guest.Name}' is not on: start it to open a console.");
        if (kind == ConsoleKind.Serial)
            return await SerialAsync(domain, cancellationToken).ConfigureAwait(false);
        var screen = description.Graphics.FirstOrDefault(g => g.Type == "vnc")
            ?? throw new ProviderException(ProviderError.NotCapable, $"Guest '{guest.Name}' has no VNC device.");
        if (ScreenLine.WhyNot(_uri, screen) is { } why)
            throw new ProviderException(ProviderError.NotCapable, why.Text);
        return await ScreenLine.OpenAsync(_uri, screen, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> SerialAsync(DomainRef domain, CancellationToken cancellationToken)
    {
        try
        {
            // Forced: a console that somebody left open elsewhere would keep everybody out.
            return await _client.OpenConsoleAsync(domain, null, force: _host.Traits.Type == "QEMU", cancellationToken).ConfigureAwait(false);
        }
        catch (LibvirtException e)
        {
            throw Errors.Translate(e, $"open the serial console of '{domain.Name}'", mutating: false);
        }
    }

    private async Task<(DomainRef Domain, DomainDescription Description)> LiveAsync(Guest guest, CancellationToken cancellationToken)
    {
        var domain = await _daemon.GuestAsync(guest, cancellationToken).ConfigureAwait(false);
        return (domain, DomainReader.Read(await _daemon.XmlAsync(domain, 0, cancellationToken).ConfigureAwait(false), domain.Name));
    }
}
