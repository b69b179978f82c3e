using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>Starts and restarts by HTTP: 202 with the instance's addresses, or the outcome when the caller waits for it and it comes in time.</summary>
internal sealed class InstanceStarts(DurableClientProvider clients, IDurableFunctions functions, InstanceQueries queries, ManagementUrls urls)
{
    // The cloud's front end closes an answer without bytes after 230 s.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(220);

    public async Task StartAsync(HttpContext http)
    {
        var name = ManagementRequest.Segment(http, "functionName");
        if (!functions.HasOrchestrator(name))
            throw new ArgumentException($"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function.");

        var input = await ManagementRequest.BodyAsync(http);
        var id = http.Request.RouteValues["instanceId"] is null ? null : ManagementRequest.Segment(http, "instanceId");
        var options = new StartOrchestrationOptions(id) { Version = ManagementRequest.Text(http, "version") is { } version ? new TaskVersion(version) : null };
        await AnswerAsync(http, ct => clients.Client.ScheduleNewOrchestrationInstanceAsync(name, input, options, ct));
    }

    public Task RestartAsync(HttpContext http)
    {
        var anew = ManagementRequest.Flag(http, "restartWithNewInstanceId", fallback: true);
        return AnswerAsync(http, ct => clients.Client.RestartAsync(ManagementRequest.Segment(http, "instanceId"), anew, ct));
    }

    private async Task AnswerAsync(HttpContext http, Func<CancellationToken, Task<string>> start)
    {
        var timeout = ManagementRequest.Duration(http, "timeout");
        string id;
        try
        {
            id = await start(http.RequestAborted);
        }
        catch (InvalidOperationException e)
        {
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status409Conflict, e.Message);
            return;
        }

        if (timeout is { } wait && await CompletesAsync(id, wait < LongestWait ? wait : LongestWait, http.RequestAborted))
            await WriteOutcomeAsync(http, id);
        else
            await WriteAddressesAsync(http, urls.Of(id, ManagementRequest.Origin(http)));
    }

    private async Task<bool> CompletesAsync(string id, TimeSpan timeout, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(timeout);
        try
        {
            await clients.Client.WaitForInstanceCompletionAsync(id, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task WriteOutcomeAsync(HttpContext http, string id)
    {
        if (await queries.FindAsync(id, http.RequestAborted) is { Failure: null, Output: { } output } instance && NewInstance.Finished.Contains(instance.Status))
            await ManagementJson.WriteAsync(http, StatusCodes.Status200OK, json => json.WriteRawValue(output, skipInputValidation: true));
        else
            await queries.GetAsync(http, id, errorOnFailure: false);
    }

    private static Task WriteAddressesAsync(HttpContext http, HttpManagementPayload addresses)
    {
        http.Response.Headers.Location = addresses.StatusQueryGetUri;
        http.Response.Headers.RetryAfter = "10";
        return ManagementJson.WriteAsync(http, StatusCodes.Status202Accepted, json => JsonSerializer.Serialize(json, addresses));
    }
}
