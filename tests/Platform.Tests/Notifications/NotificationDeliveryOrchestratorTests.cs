using EmbeddedFunctions.TestKit;
using Platform.Notifications;
using Platform.Orchestrations.Notifications;

namespace Platform.Tests.Notifications;

public sealed class NotificationDeliveryOrchestratorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Run_ToldToWait_ComesBackAtEachTimeUntilItIsOver()
    {
        var steps = new Queue<DeliveryStep>([new(Start.AddHours(7)), new(Start.AddHours(7).AddMinutes(5)), DeliveryStep.Over]);

        var outcome = new ScriptedOrchestration(new NotificationDelivery.Input(Guid.CreateVersion7(), "corr"), Start)
            .On("Notifications_Deliver", (NotificationDelivery.Input _) => steps.Dequeue())
            .Run(NotificationDeliveryOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal(TimeSpan.FromHours(7) + TimeSpan.FromMinutes(5), outcome.Duration);
        Assert.Equal(3, outcome.Calls.Count(call => call.Name == "Notifications_Deliver"));
    }

    [Fact]
    public void Run_PlatformFailsForAWhile_TriesOnUntilItWorks()
    {
        var failures = 10;

        var outcome = new ScriptedOrchestration(new NotificationDelivery.Input(Guid.CreateVersion7(), "corr"), Start)
            .On("Notifications_Deliver", (NotificationDelivery.Input _) => failures-- > 0 ? throw new InvalidOperationException("no database") : DeliveryStep.Over)
            .Run(NotificationDeliveryOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.True(outcome.Duration < TimeSpan.FromHours(1));
    }
}
