using System.Reflection;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Discovery;

/// <summary>What each kind of trigger asks of its function.</summary>
internal static class TriggerRules
{
    public static TriggerKind? Kind(TriggerBindingAttribute trigger, out string? problem)
    {
        problem = null;
        return trigger switch
        {
            HttpTriggerAttribute => TriggerKind.Http,
            TimerTriggerAttribute => TriggerKind.Timer,
            ServiceBusTriggerAttribute => TriggerKind.ServiceBus,
            OrchestrationTriggerAttribute => TriggerKind.Orchestration,
            ActivityTriggerAttribute => TriggerKind.Activity,
            EntityTriggerAttribute => TriggerKind.Entity,
            _ => Unknown(trigger, out problem),
        };
    }

    public static IEnumerable<string> Problems(string name, MethodInfo method, TriggerKind kind)
    {
        var retry = method.GetCustomAttribute<RetryAttribute>();
        if (retry is not null && kind != TriggerKind.Timer)
            yield return "retry attributes are for timers; messages come again by their delivery count, activities by their caller's retry policy";
        if (retry is not null && RetryProblem(retry) is { } retryProblem)
            yield return retryProblem;

        var result = OutputBinding.ResultType(method);
        var outputs = OutputBinding.Of(method);
        if (kind is TriggerKind.Orchestration or TriggerKind.Activity or TriggerKind.Entity && outputs.Count > 0)
            yield return "orchestrators, activities and entities have no output bindings";
        if (kind == TriggerKind.Http && IsMvcResult(result))
            yield return "it returns an MVC result; the embedded host executes IResult (TypedResults, Results) only";
        if (outputs.Any(o => o.Attribute is HttpResultAttribute && !typeof(IResult).IsAssignableFrom(o.Property!.PropertyType)))
            yield return $"the property with [HttpResult] of {result.Name} must be an IResult";
        if (name.Length is 0 or > 128)
            yield return "a function's name has 1 to 128 characters";
    }

    private static TriggerKind? Unknown(TriggerBindingAttribute trigger, out string? problem)
    {
        problem = $"the embedded host has no {trigger.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)}";
        return null;
    }

    private static bool IsMvcResult(Type type) =>
        !typeof(IResult).IsAssignableFrom(type)
        && (type.FullName == "Microsoft.AspNetCore.Mvc.IActionResult" || type.GetInterface("Microsoft.AspNetCore.Mvc.IActionResult") is not null);

    private static string? RetryProblem(RetryAttribute retry) => retry switch
    {
        FixedDelayRetryAttribute f when !TimeSpan.TryParse(f.DelayInterval, out _) => $"retry delay '{f.DelayInterval}' is no hh:mm:ss",
        ExponentialBackoffRetryAttribute e when !TimeSpan.TryParse(e.MinimumInterval, out _) || !TimeSpan.TryParse(e.MaximumInterval, out _) =>
            $"retry intervals '{e.MinimumInterval}' and '{e.MaximumInterval}' must be hh:mm:ss",
        _ => null,
    };
}
