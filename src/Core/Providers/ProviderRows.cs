using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anyvisor.Core.Providers.Commands;
using Anyvisor.Core.Store;
using Dapper;

namespace Anyvisor.Core.Providers;

/// <summary>The tables of providers and of their sealed secrets.</summary>
internal static class ProviderRows
{
    public static ImmutableArray<StoredProvider> All(DbConnection connection)
    {
        var secrets = connection.Query<SecretRow>("SELECT provider, name, envelope FROM provider_secret").ToLookup(row => row.Provider, StringComparer.Ordinal);
        return
        [
            .. connection
                .Query<Row>("SELECT name, driver, url, user_name AS UserName, settings, insecure, enabled, created_at AS CreatedAt FROM provider ORDER BY name")
                .Select(row => row.ToStored(secrets[row.Name].ToImmutableDictionary(secret => secret.Name, secret => secret.Envelope, StringComparer.Ordinal))),
        ];
    }

    public static void Put(DbConnection connection, StoredProvider provider)
    {
        connection.Execute(
            """
            INSERT INTO provider (name, driver, url, user_name, settings, insecure, enabled, created_at)
            VALUES (@name, @driver, @url, @user, @settings, @insecure, @enabled, @created)
            ON CONFLICT (name) DO UPDATE SET url = excluded.url, user_name = excluded.user_name, settings = excluded.settings,
                insecure = excluded.insecure, enabled = excluded.enabled
            """,
            new
            {
                name = provider.Name,
                driver = provider.Driver,
                url = provider.Url,
                user = provider.User,
                settings = JsonSerializer.Serialize(provider.Settings, ProviderJson.Default.ImmutableDictionaryStringString),
                insecure = provider.Insecure ? 1 : 0,
                enabled = provider.Enabled ? 1 : 0,
                created = StoreTime.ToStore(provider.CreatedAt),
            }
        );
        connection.Execute("DELETE FROM provider_secret WHERE provider = @name", new { name = provider.Name });
        foreach (var (name, envelope) in provider.Secrets)
            connection.Execute(
                "INSERT INTO provider_secret (provider, name, envelope) VALUES (@provider, @name, @envelope)",
                new { provider = provider.Name, name, envelope }
            );
    }

    public static void Remove(DbConnection connection, string name)
    {
        connection.Execute("DELETE FROM provider_secret WHERE provider = @name", new { name });
        connection.Execute("DELETE FROM provider WHERE name = @name", new { name });
    }

    private sealed record SecretRow
    {
        public string Provider { get; init; } = "";
        public string Name { get; init; } = "";
        public byte[] Envelope { get; init; } = [];
    }

    private sealed record Row
    {
        public string Name { get; init; } = "";
        public string Driver { get; init; } = "";
        public string Url { get; init; } = "";
        public string? UserName { get; init; }
        public string Settings { get; init; } = "{}";
        public long Insecure { get; init; }
        public long Enabled { get; init; }
        public long CreatedAt { get; init; }

        public StoredProvider ToStored(ImmutableDictionary<string, byte[]> secrets) =>
            new()
            {
                Name = Name,
                Driver = Driver,
                Url = Url,
                User = UserName,
                Settings = JsonSerializer.Deserialize(Settings, ProviderJson.Default.ImmutableDictionaryStringString) ?? ImmutableDictionary<string, string>.Empty,
                Secrets = secrets,
                Insecure = Insecure != 0,
                Enabled = Enabled != 0,
                CreatedAt = StoreTime.FromStore(CreatedAt),
            };
    }
}

[JsonSerializable(typeof(ImmutableDictionary<string, string>))]
[JsonSerializable(typeof(RefreshBody))]
internal sealed partial class ProviderJson : JsonSerializerContext;
