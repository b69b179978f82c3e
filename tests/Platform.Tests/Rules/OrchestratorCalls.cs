using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests.Rules;

/// <summary>
/// Calls that answer differently when an orchestrator is replayed, that leave its scheduler, or that do work which belongs in an activity.
/// </summary>
internal static class OrchestratorCalls
{
    private static readonly Type[] ForbiddenTypes =
    [
        typeof(Random), typeof(RandomNumberGenerator), typeof(Stopwatch), typeof(TimeProvider), typeof(Environment), typeof(Thread), typeof(ThreadPool), typeof(Timer),
        typeof(PeriodicTimer), typeof(TaskFactory), typeof(Process), typeof(HttpMessageInvoker), typeof(File), typeof(Directory), typeof(FileStream), typeof(DbContext),
        typeof(EntityFrameworkQueryableExtensions), typeof(IServiceProvider),
    ];

    private static readonly Dictionary<Type, string[]> ForbiddenMethods = new()
    {
        [typeof(DateTime)] = ["get_Now", "get_UtcNow", "get_Today"],
        [typeof(DateTimeOffset)] = ["get_Now", "get_UtcNow"],
        [typeof(Guid)] = [nameof(Guid.NewGuid), nameof(Guid.CreateVersion7)],
        [typeof(Task)] = [nameof(Task.Run), nameof(Task.Delay), nameof(Task.Yield), nameof(Task.Wait), nameof(Task.WaitAsync), nameof(Task.ContinueWith)],
    };

    /// <summary>Forbidden calls that <paramref name="orchestrator"/> can reach, as "method calls method".</summary>
    public static IEnumerable<string> ForbiddenIn(MethodInfo orchestrator, ReachableCode code) => code.From(orchestrator)
        .Where(call => IsForbidden(call.Used) && !IsOfAnIterator(call.By, call.Used))
        .Select(call => $"{NameOf(orchestrator)}: {NameOf(call.By)} calls {NameOf(call.Used)}");

    // ConfigureAwait(true) says nothing, so that the argument need not be looked at.
    private static bool IsForbidden(MethodBase used) =>
        used.DeclaringType is { } type
        && (used.Name == nameof(Task.ConfigureAwait)
            || ForbiddenTypes.Any(forbidden => forbidden.IsAssignableFrom(type))
            || ForbiddenMethods.Any(forbidden => forbidden.Key.IsAssignableFrom(type) && forbidden.Value.Contains(used.Name)));

    // The compiler asks which thread enumerates; it makes no difference to the result.
    private static bool IsOfAnIterator(MethodBase by, MethodBase used) =>
        used.Name == "get_CurrentManagedThreadId" && by.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string NameOf(MethodBase method) => $"{method.DeclaringType}.{method.Name}";
}
