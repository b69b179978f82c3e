using EmbeddedFunctions.Http;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace EmbeddedFunctions.Management;

/// <summary>The addresses of one instance in the management API, with the key that opens them: whoever holds such an address may manage any instance, as on the official host.</summary>
internal sealed class ManagementUrls(HostKeys keys, IServer server, IConfiguration configuration) : IHostedService
{
    private string? _key;

    /// <summary>Reads the key, before anything can ask for an address.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => _key = await keys.SystemKeyAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <param name="instanceId">The instance.</param>
    /// <param name="origin">Scheme and host under which the client reached this host; null for the setting <c>WEBSITE_HOSTNAME</c>, or the address that the host listens on.</param>
    public HttpManagementPayload Of(string instanceId, string? origin)
    {
        var code = Uri.EscapeDataString(_key ?? throw new InvalidOperationException("The host is starting; its management addresses are not known yet."));
        var instance = $"{origin ?? OwnOrigin()}/{ManagementEndpoints.Prefix}/instances/{Uri.EscapeDataString(instanceId)}";
        return new HttpManagementPayload
        {
            Id = instanceId,
            StatusQueryGetUri = $"{instance}?code={code}",
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}?code={code}",
            TerminatePostUri = $"{instance}/terminate?reason={{text}}&code={code}",
            RewindPostUri = $"{instance}/rewind?reason={{text}}&code={code}",
            PurgeHistoryDeleteUri = $"{instance}?code={code}",
            RestartPostUri = $"{instance}/restart?code={code}",
            SuspendPostUri = $"{instance}/suspend?reason={{text}}&code={code}",
            ResumePostUri = $"{instance}/resume?reason={{text}}&code={code}",
        };
    }

    private string OwnOrigin()
    {
        if (configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } name)
            return name.Contains("://", StringComparison.Ordinal) ? name.TrimEnd('/') : name.StartsWith("localhost", StringComparison.Ordinal) ? $"http://{name}" : $"https://{name}";
        return server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? throw new InvalidOperationException("The host does not listen yet.");
    }
}
