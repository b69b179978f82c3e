using EmbeddedFunctions.TestKit;
using Platform.Executions;
using Platform.Orchestrations.Executions;

namespace Platform.Tests.TestKit;

/// <summary>The scripted context, shown on the branches of the execution's saga.</summary>
public sealed class ScriptedOrchestrationTests
{
    private const string Advance = "Executions_Advance";
    private const string Store = "Executions_StoreResult";
    private const string Abandon = "Executions_AbandonResult";

    private static readonly RunExecution.Input Input = new(Guid.CreateVersion7(), "corr", 3600);

    [Fact]
    public void Saga_SlotGrantedBeforeItWaits_GoesOnAtOnce()
    {
        var outcome = Saga(ExecutionStep.Waiting, ExecutionStep.Over).Raise(RunExecution.SlotGranted).Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, TimeSpan.Zero), (outcome.Status, outcome.Duration));
        Assert.Equal(2, outcome.Calls.Count(c => c.Name == Advance));
    }

    [Fact]
    public void Saga_Cancelled_LooksAtTheRowAgain()
    {
        var outcome = Saga(ExecutionStep.Waiting, ExecutionStep.Over).Raise(RunExecution.CancelRequested, after: TimeSpan.FromMinutes(7)).Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromMinutes(7), outcome.Duration);
    }

    [Fact]
    public void Saga_NobodyWakesIt_LooksAgainAtTheEndOfItsPatience()
    {
        var outcome = Saga(ExecutionStep.Waiting, ExecutionStep.Over).Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, TimeSpan.FromSeconds(Input.StaleSeconds)), (outcome.Status, outcome.Duration));
    }

    [Fact]
    public void Saga_StartFails_PausesFiveSeconds()
    {
        var outcome = Saga(ExecutionStep.StartFailed, ExecutionStep.StartFailed, ExecutionStep.Over).Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromSeconds(10), outcome.Duration);
    }

    [Fact]
    public void Saga_AdvanceFailsForGood_StoresASystemFailure()
    {
        ExecutionOutcome? stored = null;
        var outcome = new ScriptedOrchestration(Input)
            .On(Advance, (RunExecution.Input _) => Fail<ExecutionStep>(new InvalidOperationException("no disk")))
            .On(Store, (StoreResultActivity.Input input) => stored = input.Outcome)
            .Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal(3, outcome.Calls.Count(c => c.Name == Advance));
        Assert.Equal(ExecutionErrorType.SystemError, stored!.ErrorType);
    }

    [Fact]
    public void Saga_ResultCannotBeStored_TriesFiveTimesThenAbandonsWithTheFault()
    {
        AbandonResultActivity.Input? abandoned = null;
        var outcome = Saga(new ExecutionStep(ExecutionStepKind.Unstored, Guid.CreateVersion7(), ExecutionOutcome.Cancelled))
            .On(Store, (StoreResultActivity.Input _) => Fail<bool>(new IOException("disk full")))
            .On(Abandon, (AbandonResultActivity.Input input) => abandoned = input)
            .Run(RunExecutionOrchestrator.RunAsync);

        Assert.Equal(5, outcome.Calls.Count(c => c.Name == Store));
        Assert.Equal((Input.ExecutionId, "System.IO.IOException"), (abandoned!.ExecutionId, abandoned.Fault));
        Assert.Equal(TimeSpan.FromSeconds(1 + 2.5 + 6.25 + 15.625), outcome.Duration);
    }

    [Fact]
    public void Run_ForeignAwait_FailsAsInProduction()
    {
        var outcome = new ScriptedOrchestration().Run(async context => await new TaskCompletionSource().Task);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, outcome.Status);
        Assert.Contains("NonDeterministic", outcome.Failure!.ErrorType, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ScriptLacksSomething_SaysWhat()
    {
        var waits = Assert.Throws<InvalidOperationException>(() => new ScriptedOrchestration().Run(context => context.WaitForExternalEvent<string>("never")));
        Assert.Contains("does not raise", waits.Message, StringComparison.Ordinal);
        var calls = Assert.Throws<InvalidOperationException>(() => new ScriptedOrchestration().Run(context => context.CallActivityAsync("Unknown")));
        Assert.Contains("'Unknown'", calls.Message, StringComparison.Ordinal);
    }

    private static T Fail<T>(Exception e) => throw e;

    private static ScriptedOrchestration Saga(params ExecutionStep[] steps)
    {
        var left = new Queue<ExecutionStep>(steps);
        return new ScriptedOrchestration(Input).On(Advance, (RunExecution.Input _) => left.Dequeue());
    }
}
