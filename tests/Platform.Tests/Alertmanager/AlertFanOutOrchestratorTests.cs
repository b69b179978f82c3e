using EmbeddedFunctions.TestKit;
using Platform.Alertmanager;
using Platform.Orchestrations.Alertmanager;

namespace Platform.Tests.Alertmanager;

public sealed class AlertFanOutOrchestratorTests
{
    private static readonly AlertFanOut.Item[] Items =
    [
        new(Guid.CreateVersion7(), AlertChange.Fired, Guid.CreateVersion7()),
        new(Guid.CreateVersion7(), AlertChange.Repeated, Guid.CreateVersion7()),
        new(Guid.CreateVersion7(), AlertChange.Resolved, Guid.CreateVersion7()),
    ];

    [Fact]
    public void Run_AllKinds_TellsPageByPageAndAnnotatesWhatIsKnown()
    {
        var next = Guid.CreateVersion7();
        var annotated = new List<Guid>();

        var outcome = new ScriptedOrchestration(new AlertFanOut.Input(Items, "corr"))
            .On("Alertmanager_Annotate", (AnnotateAlertActivity.Input input) =>
            {
                annotated.Add(input.CauseId);
                return (object?)null;
            })
            .On("Alertmanager_Tell", (TellOfAlertActivity.Input page) => page.After == Guid.Empty ? new AlertPage(next, 200, 1) : new AlertPage(null, 7, 0))
            .Run(AlertFanOutOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal(
            ["Alertmanager_Tell", "Alertmanager_Tell", "Alertmanager_Annotate", "Alertmanager_Annotate", "Alertmanager_Annotate", "Alertmanager_Tell", "Alertmanager_Tell", "Alertmanager_Annotate"],
            outcome.Calls.Select(call => call.Name));
        Assert.Equal([Items[0].CauseId, Items[1].CauseId, Items[2].StateId, Items[2].CauseId], annotated);
        Assert.Equal(new AlertFanOut.Outcome(414, 2), outcome.ReadOutputAs<AlertFanOut.Outcome>());
    }

    [Fact]
    public void Run_OneAlertFails_TheOthersAreTold()
    {
        var outcome = new ScriptedOrchestration(new AlertFanOut.Input([Items[0], Items[2]], "corr"))
            .On("Alertmanager_Annotate", (AnnotateAlertActivity.Input _) => (object?)null)
            .On("Alertmanager_Tell", (TellOfAlertActivity.Input page) => page.Item == Items[0] ? throw new InvalidOperationException("no database") : new AlertPage(null, 3, 0))
            .Run(AlertFanOutOrchestrator.RunAsync);

        Assert.Equal(new AlertFanOut.Outcome(3, 1), outcome.ReadOutputAs<AlertFanOut.Outcome>());
    }
}
