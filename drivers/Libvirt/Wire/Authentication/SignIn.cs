using System.Security.Cryptography;

namespace Anyvisor.Drivers.Libvirt.Wire.Authentication;

/// <summary>What comes between an open line and its first call: the daemon says how to sign in, and we do.</summary>
internal static class SignIn
{
    private const int None = 0;
    private const int Sasl = 1;
    private const int Polkit = 2;

    public static async Task RunAsync(LibvirtClient client, LibvirtUri uri, LibvirtCredentials? credentials, CancellationToken cancellationToken)
    {
        var offered = await client.AuthListAsync(cancellationToken).ConfigureAwait(false);
        var (way, mechanism) = Wanted(uri.Authentication);
        if (way is { } wanted && !offered.Contains(wanted))
            throw LibvirtException.Authentication($"{client.Peer} does not offer auth={uri.Authentication}");
        switch (way ?? (offered.Length > 0 ? offered[0] : None))
        {
            case None:
                break;
            case Sasl:
                await SaslAsync(client, mechanism, credentials, cancellationToken).ConfigureAwait(false);
                break;
            case Polkit:
                await client.AuthPolkitAsync(cancellationToken).ConfigureAwait(false);
                break;
            case var other:
                throw LibvirtException.Authentication($"{client.Peer} asks for the sign-in {other}, which is not known");
        }
    }

    private static (int? Way, string? Mechanism) Wanted(string? text) => text switch
    {
        null => (null, null),
        "none" => (None, null),
        "polkit" => (Polkit, null),
        "sasl" => (Sasl, null),
        _ when text.StartsWith("sasl.", StringComparison.Ordinal) => (Sasl, text[5..].ToUpperInvariant()),
        _ => throw LibvirtException.InvalidArgument($"auth={text} in the connection URI; it can be none, polkit, sasl or sasl.MECHANISM"),
    };

    private static async Task SaslAsync(LibvirtClient client, string? wanted, LibvirtCredentials? credentials, CancellationToken cancellationToken)
    {
        // Plain TCP would need SASL's own encryption, which only GSSAPI and DIGEST-MD5 have: the daemon refuses
        // anything less, and so do we before a proof of the password is out.
        if (!client.IsSecure)
            throw LibvirtException.Authentication($"{client.Peer} wants a SASL sign-in over plain TCP, where everybody can listen: use +tls or +ssh");
        if (credentials is null)
            throw LibvirtException.Authentication($"{client.Peer} asks for user and password (SASL), and none were given");
        var offered = await client.AuthSaslInitAsync(cancellationToken).ConfigureAwait(false);
        var mechanism = Choose(offered, wanted, credentials, client.Peer);
        var answer = await client.AuthSaslStartAsync(mechanism.Name, false, mechanism.Start(), cancellationToken).ConfigureAwait(false);
        var (complete, nil, data) = (answer.Complete, answer.Nil, answer.Data);
        for (var rounds = 0; !(complete && mechanism.IsComplete); rounds++)
        {
            if (rounds == 8)
                throw LibvirtException.Protocol($"{client.Peer} does not come to an end with {mechanism.Name}");
            var reply = nil ? null : mechanism.Step(data);
            if (complete && mechanism.IsComplete)
                break;
            if (complete)
                throw LibvirtException.HostIdentity($"{client.Peer} ended {mechanism.Name} without proving that it knows the password");
            var next = await client.AuthSaslStepAsync(reply is null, reply ?? [], cancellationToken).ConfigureAwait(false);
            (complete, nil, data) = (next.Complete, next.Nil, next.Data);
        }
    }

    private static ISaslMechanism Choose(string offered, string? wanted, LibvirtCredentials credentials, string peer)
    {
        var names = offered.Split([' ', ',', '|'], StringSplitOptions.RemoveEmptyEntries);
        ISaslMechanism[] known =
        [
            new ScramMechanism(credentials, HashAlgorithmName.SHA512, ScramMechanism.NewNonce()),
            new ScramMechanism(credentials, HashAlgorithmName.SHA256, ScramMechanism.NewNonce()),
            new ScramMechanism(credentials, HashAlgorithmName.SHA1, ScramMechanism.NewNonce()),
            new PlainMechanism(credentials),
        ];
        return known.FirstOrDefault(m => (wanted is null || m.Name == wanted) && names.Contains(m.Name, StringComparer.Ordinal))
            ?? throw LibvirtException.Authentication(
                $"{peer} offers the SASL mechanisms {string.Join(", ", names)}; this client has {string.Join(", ", known.Select(m => m.Name))}");
    }
}
