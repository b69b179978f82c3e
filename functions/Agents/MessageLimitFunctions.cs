using Microsoft.AspNetCore.Http;
using Platform.Agents;

namespace Platform.Functions.Agents;

/// <summary>The daily limit of tasks and follow-ups.</summary>
[Api(Family.Agents)]
public sealed class MessageLimitFunctions(DailyMessages messages, Caller caller)
{
    /// <summary>Read how many tasks and follow-ups the caller may start today.</summary>
    [Function("MessageLimit_Get")]
    [Operation(Permissions.TasksRead, Rate.Default)]
    public async Task<Result<MessageStanding>> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/auth/rate-limit")] HttpRequest http, CancellationToken ct) =>
        await messages.ReadAsync(caller.UserId!.Value, ct);
}
