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

    /// <summary>False when there is no such action.</summary>
    public async Task<bool> RunAsync(HttpContext http, string action, string id, IFormCollection form)
    {
        if (Find(action, form) is not { } run)
            return false;

        await access.RecordAsync(http, $"orchestration.{action.Replace('-', '_')}", id);
        await run(id, http.RequestAborted);
        return true;
    }

    private Func<string, CancellationToken, Task>? Find(string action, IFormCollection form) => action switch
    {
        "raise-event" => RaiseEvent(form),
        "terminate" => (id, ct) => Client.TerminateInstanceAsync(id, Reason(form), ct),
        "suspend" => (id, ct) => Client.SuspendInstanceAsync(id, Reason(form), ct),
        "resume" => (id, ct) => Client.ResumeInstanceAsync(id, Reason(form), ct),
        "purge" => (id, ct) => Client.PurgeInstanceAsync(id, ct),
        _ => null,
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
