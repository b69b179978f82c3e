using System.Diagnostics;

namespace Platform.Alerts;

/// <summary>Evaluates an alert now; changes nothing.</summary>
public sealed class CheckAlert(EvaluateCondition evaluate, TimeProvider clock)
{
    public async Task<AlertCheck> RunAsync(AlertRule alert, CancellationToken ct)
    {
        var (now, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var condition = ConditionParser.Parse(alert.Expression).Condition ?? throw new UnreachableException("A stored expression is canonical");
        var run = await evaluate.RunAsync(alert.ProjectId, condition, now, ct);
        var outcome = run.IsOk ? new AlertOutcome(run.Value.Holds, run.Value.Value) : new AlertOutcome(Holds: null, Value: null, run.Error.Message);
        return new AlertCheck(
            outcome.Holds,
            alert.WouldBe(outcome, now),
            alert.State,
            alert.Expression,
            run.IsOk ? run.Value.Values : [],
            run.IsOk ? run.Value.Comparisons : [],
            now,
            (long)clock.GetElapsedTime(started).TotalMilliseconds,
            run.IsOk ? null : WordOf(run.Error));
    }

    private static string WordOf(Error error) => error.Code[(error.Code.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
