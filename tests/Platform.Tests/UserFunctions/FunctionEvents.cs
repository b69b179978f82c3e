using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>Events about a function and what belongs to it.</summary>
internal static class FunctionEvents
{
    public static async Task<IReadOnlyList<string>> OfAsync(PlatformApp app, Guid functionId)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var events = await db.Events.AsNoTracking().Where(stored => stored.EventType.StartsWith("function.") || stored.EventType.StartsWith("deployment.")).OrderBy(stored => stored.Sequence).ToListAsync();
        return [.. events.Where(stored => stored.AggregateId == functionId.ToString() || stored.Payload.ToString()!.Contains(functionId.ToString(), StringComparison.Ordinal)).Select(stored => stored.EventType)];
    }
}
