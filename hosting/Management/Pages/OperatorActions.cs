using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>What operators do to instances through the pages' forms; each is recorded before it is done.</summary>
internal sealed class OperatorActions(DurableClientProvider clients, IOperatorAccess access)
{
    private DurableTaskClient Client => clients.Client;

    /// <summary>The instance to look at afterwards; null when there is no such action.</summary>
    /// <exception cref="InvalidOperationException">The instance is not in a status in which this can be done.</exception>
    public async Task<string?> RunAsync(HttpContext http, string action, string id, IFormCollection form)
    {
        if (Find(action, form) is not { } run)
            return null;

        await access.RecordAsync(http, $"orchestration.{action.Replace('-', '_')}", id);
        return await run(id, http.RequestAborted);
    }

    private Func<string, CancellationToken, Task<string>>? Find(string action, IFormCollection form) => action switch
    {
        "raise-event" => Stay(RaiseEvent(form)),
        "terminate" => Stay((id, ct) => Client.TerminateInstanceAsync(id, Reason(form), ct)),
        "suspend" => Stay((id, ct) => Client.SuspendInstanceAsync(id, Reason(form), ct)),
        "resume" => Stay((id, ct) => Client.ResumeInstanceAsync(id, Reason(form), ct)),
        "purge" => Stay((id, ct) => Client.PurgeInstanceAsync(id, ct)),
        "rewind" => Stay((id, ct) => Client.RewindInstanceAsync(id, Reason(form) ?? "", ct)),
        "restart" => (id, ct) => Client.RestartAsync(id, form["newId"] == "on", ct),
        _ => null,
    };

    private static Func<string, CancellationToken, Task<string>> Stay(Func<string, CancellationToken, Task> action) => async (id, ct) =>
    {
        await action(id, ct);
        return id;
    };

    private Func<string, CancellationToken, Task> RaiseEvent(IFormCollection form)
    {
        var (name, text) = (form["eventName"].ToString(), form["payload"].ToString());
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentException("The event has no name.");
        JsonElement? payload = string.IsNullOrWhiteSpace(text) ? null : JsonSerializer.Deserialize<JsonElement>(text);
        return (id, ct) => Client.RaiseEventAsync(id, name, payload, ct);
    }

    private static string? Reason(IFormCollection form) => form["reason"].ToString() is { Length: > 0 } reason ? reason : null;
}
