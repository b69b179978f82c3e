using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Startup;

/// <summary>What the host takes from host.json; everything else in it is ignored.</summary>
internal sealed record HostJsonOptions
{
    /// <summary>Below which all routes lie; without slashes at the ends.</summary>
    public string RoutePrefix { get; init; } = "api";

    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a stop takes at most. Requests may go on so long, messages a third of it, timers two seconds; then their tokens are cancelled.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public BrokerOptions Broker { get; init; } = new();

    public static HostJsonOptions From(IConfiguration configuration)
    {
        var host = configuration.GetSection(HostJson.Section);
        var defaults = new HostJsonOptions();
        return new HostJsonOptions
        {
            RoutePrefix = (host["extensions:http:routePrefix"] ?? defaults.RoutePrefix).Trim('/'),
            FunctionTimeout = Duration(host, "functionTimeout", defaults.FunctionTimeout),
            DrainTimeout = Duration(configuration, "Host:DrainTimeout", defaults.DrainTimeout),
            Broker = BrokerOptions.From(host.GetSection("extensions:serviceBus")),
        };
    }

    internal static TimeSpan Duration(IConfiguration section, string key, TimeSpan fallback)
    {
        var text = section[key];
        if (string.IsNullOrEmpty(text))
            return fallback;
        if (text == "-1")
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.TryParse(text, out var value) && value > TimeSpan.Zero ? value : throw new InvalidOperationException($"'{key}' is '{text}'; it must be hh:mm:ss above zero.");
    }
}
