using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Platform.Functions.Hosts;

/// <summary>
/// Where the host keeps its state when <c>Host:Storage</c> does not say: with the platform's own, so that one data directory is one installation and several
/// nodes on one PostgreSQL share orchestrations, timers and messages too.
/// </summary>
internal static class HostStorageDefaults
{
    private const string Section = "Host:Storage";

    public static void AddTo(IConfigurationManager configuration)
    {
        var defaults = new Dictionary<string, string?> { [$"{Section}:Path"] = Path.GetFullPath(configuration["Platform:DataDirectory"] ?? "data") };
        if (configuration["Database:Provider"] == "postgres" && configuration[$"{Section}:Provider"] is null)
        {
            defaults[$"{Section}:Provider"] = "postgres";
            defaults[$"{Section}:ConnectionString"] = configuration["Database:ConnectionString"];
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults }); // first, so that everything given wins
    }
}
