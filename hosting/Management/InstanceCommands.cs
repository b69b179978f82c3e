using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>The commands of the management API: 202 when accepted, 404 without such an instance, 410 when it has finished.</summary>
internal sealed class InstanceCommands(InstanceQueries queries, DurableClientProvider clients)
{
    private DurableTaskClient Client => clients.Client;

    public Task TerminateAsync(HttpContext http) => WithRunningAsync(http, (id, ct) => Client.TerminateInstanceAsync(id, Reason(http), ct));

    public Task SuspendAsync(HttpContext http) => WithRunningAsync(http, (id, ct) => Client.SuspendInstanceAsync(id, Reason(http), ct));

    public Task ResumeAsync(HttpContext http) => WithRunningAsync(http, (id, ct) => Client.ResumeInstanceAsync(id, Reason(http), ct));

    public Task RaiseEventAsync(HttpContext http) => WithRunningAsync(http, async (id, ct) =>
    {
        if (!http.Request.HasJsonContentType())
            throw new ArgumentException("Only application/json request content is supported");
        await Client.RaiseEventAsync(id, ManagementRequest.Segment(http, "eventName"), await ManagementRequest.BodyAsync(http), ct);
    });

    /// <summary>412 unless the instance has failed and what made it fail can run again.</summary>
    public async Task RewindAsync(HttpContext http)
    {
        var id = ManagementRequest.Segment(http, "instanceId");
        if (await queries.FindAsync(id, http.RequestAborted) is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await Client.RewindInstanceAsync(id, Reason(http) ?? "", http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (InvalidOperationException e)
        {
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status412PreconditionFailed, e.Message);
        }
    }

    private static string? Reason(HttpContext http) => ManagementRequest.Text(http, "reason");

    private async Task WithRunningAsync(HttpContext http, Func<string, CancellationToken, Task> command)
    {
        var id = ManagementRequest.Segment(http, "instanceId");
        http.Response.StatusCode = await queries.FindAsync(id, http.RequestAborted) switch
        {
            null => StatusCodes.Status404NotFound,
            { Status: var status } when NewInstance.Finished.Contains(status) => StatusCodes.Status410Gone,
            _ => StatusCodes.Status202Accepted,
        };
        if (http.Response.StatusCode == StatusCodes.Status202Accepted)
            await command(id, http.RequestAborted);
    }
}
