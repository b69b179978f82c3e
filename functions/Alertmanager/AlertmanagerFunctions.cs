using Microsoft.AspNetCore.Http;
using Platform.Alertmanager;

namespace Platform.Functions.Alertmanager;

/// <summary>The webhook receiver for Prometheus' Alertmanager.</summary>
[Api(Family.Executions)]
public sealed class AlertmanagerFunctions(AlertmanagerAccess access, ReceiveAlerts receive)
{
    private const string Webhook = "api/v1/alertmanager/webhook";
    private const int MaxBody = 1024 * 1024;

    /// <summary>Take over the alerts of one message. With <c>Alertmanager:Token</c> the sender needs it as bearer token; without, he must be in the internal network.</summary>
    [Function("Alertmanager_Receive")]
    [Operation(Permissions.Public, Rate.Api, Audit = "alert.receive", Body = typeof(AlertmanagerMessage), BodyLimit = MaxBody)]
    public async Task<Result<AlertReceipt>> ReceiveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Webhook)] HttpRequest http, CancellationToken ct)
    {
        if (access.Check(http.Headers.Authorization, http.Api().ClientAddress) is { } refusal)
            return refusal;
        var body = await http.ReadBodyAsync<AlertmanagerMessage>(ct);
        return body.IsOk ? await receive.ReceiveAsync(body.Value.ToGroup(), ct) : body.Error;
    }

    /// <summary>Tell that alerts can be sent, and where to.</summary>
    [Function("Alertmanager_Test")]
    [Operation(Permissions.Public, Rate.Api)]
    public Result<AlertmanagerReadiness> Test([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/alertmanager/test")] HttpRequest http) =>
        new AlertmanagerReadiness("ok", "Alertmanager webhook endpoint is ready", $"/{Webhook}");
}

/// <summary>That alerts can be sent, and where to.</summary>
public sealed record AlertmanagerReadiness(string Status, string Message, string WebhookUrl);
