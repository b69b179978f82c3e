using Platform.Alertmanager;

namespace Platform.Orchestrations.Alertmanager;

/// <summary>Tells users of the alerts of one message, one alert after the other. An alert that fails does not keep the others back.</summary>
public static class AlertFanOutOrchestrator
{
    [Function(AlertFanOut.Name)]
    public static async Task<AlertFanOut.Outcome> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<AlertFanOut.Input>()!;
        var (told, failed) = (0, 0);
        foreach (var item in input.Items)
        {
            try
            {
                if (item.Change == AlertChange.Resolved)
                    await AnnotateAlertActivity.CallAsync(context, new(item.StateId, item.StateId, input.CorrelationId)); // the firing is over
                for (Guid? after = item.Change == AlertChange.Repeated ? null : Guid.Empty; after is not null;)
                {
                    var page = await TellOfAlertActivity.CallAsync(context, new(item, after.Value, input.CorrelationId));
                    (after, told, failed) = (page.Next, told + page.Told, failed + page.Failed);
                }

                await AnnotateAlertActivity.CallAsync(context, new(item.StateId, item.CauseId, input.CorrelationId)); // also what became known while they were told
            }
            catch (TaskFailedException)
            {
                failed++;
            }
        }

        return new AlertFanOut.Outcome(told, failed);
    }
}
