using EmbeddedFunctions.TestKit;
using Platform.Orchestrations.Replay;
using Platform.Replay;

namespace Platform.Tests.Replay;

/// <summary>The branches of a session's workflow.</summary>
public sealed class ReplaySessionOrchestratorTests
{
    private const string Advance = "Replay_Advance";
    private const string Finish = "Replay_Finish";
    private const string Fail = "Replay_Fail";

    private static readonly ReplayWorkflow.Input Input = new(Guid.CreateVersion7(), "replay_1");

    [Fact]
    public void Session_Batches_ThenTheEnd()
    {
        var outcome = Session(ReplayStep.More, ReplayStep.More, ReplayStep.Over).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal([Advance, Advance, Advance, Finish], outcome.Calls.Select(call => call.Name));
    }

    [Fact]
    public void Session_LongPause_IsATimerAndTellsThatItIsOver()
    {
        List<long?> due = [];
        var outcome = Session(due, ReplayStep.Wait(TimeSpan.FromSeconds(300), 7), ReplayStep.Over).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromSeconds(300), outcome.Duration);
        Assert.Equal([null, 7], due);
    }

    [Fact]
    public void Session_PausedAndResumedInAPause_GoesOnWhenItIsOver()
    {
        List<long?> due = [];
        var wait = ReplayStep.Wait(TimeSpan.FromSeconds(300), 7);
        var outcome = Session(due, wait, ReplayStep.Paused, wait, ReplayStep.Over)
            .Raise(ReplayWorkflow.Pause, after: TimeSpan.FromSeconds(100)).Raise(ReplayWorkflow.Resume, after: TimeSpan.FromSeconds(200)).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromSeconds(300), outcome.Duration);
        Assert.Equal([null, null, null, 7], due);
    }

    [Fact]
    public void Session_ResumedAfterItsPauseWasOver_GoesOnAtOnce()
    {
        List<long?> due = [];
        var outcome = Session(due, ReplayStep.Wait(TimeSpan.FromSeconds(300), 7), ReplayStep.Paused, ReplayStep.Over)
            .Raise(ReplayWorkflow.Pause, after: TimeSpan.FromSeconds(100)).Raise(ReplayWorkflow.Resume, after: TimeSpan.FromHours(2)).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromHours(2), outcome.Duration);
        Assert.Equal([null, null, 7], due);
    }

    [Fact]
    public void Session_CancelledInAPause_EndsAtOnce()
    {
        var outcome = Session(ReplayStep.Wait(TimeSpan.FromSeconds(300), 7), ReplayStep.Over)
            .Raise(ReplayWorkflow.Cancel, after: TimeSpan.FromSeconds(3)).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromSeconds(3), outcome.Duration);
    }

    [Fact]
    public void Session_EventsOfFormerPauses_WakeAndDoNoHarm()
    {
        var outcome = Session(ReplayStep.Paused, ReplayStep.Paused, ReplayStep.Over)
            .Raise(ReplayWorkflow.Resume).Raise(ReplayWorkflow.Pause).Raise(ReplayWorkflow.Resume, after: TimeSpan.FromMinutes(5)).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(TimeSpan.FromMinutes(5), outcome.Duration);
    }

    [Fact]
    public void Session_PausedAtItsEnd_WaitsForTheResumeAndEnds()
    {
        var finished = new Queue<bool>([false, true]);
        var outcome = Session(ReplayStep.Over, ReplayStep.Paused, ReplayStep.Over).On(Finish, (ReplayWorkflow.Input _) => finished.Dequeue())
            .Raise(ReplayWorkflow.Resume, after: TimeSpan.FromMinutes(1)).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, TimeSpan.FromMinutes(1)), (outcome.Status, outcome.Duration));
    }

    [Fact]
    public void Session_AfterFiftyBatches_BeginsAnewWithThePauseItIsIn()
    {
        var outcome = Session([.. Enumerable.Repeat(ReplayStep.More, 49), ReplayStep.Wait(TimeSpan.FromSeconds(30), 9)]).Run(ReplaySessionOrchestrator.RunAsync);

        Assert.True(outcome.IsContinuedAsNew);
        Assert.Equal(50, outcome.Calls.Count(call => call.Name == Advance));
        var next = outcome.ReadOutputAs<ReplayWorkflow.Input>()!;
        Assert.Equal((Input.SessionId, 9L), (next.SessionId, next.Pause!.Sequence));
    }

    [Fact]
    public void Session_BatchFailsThreeTimes_IsFailedWithTheFaultAndFinished()
    {
        FailReplayActivity.Input? failed = null;
        var outcome = new ScriptedOrchestration(Input)
            .On(Advance, (AdvanceReplayActivity.Input _) => Throw())
            .On(Fail, (FailReplayActivity.Input input) => failed = input)
            .On(Finish, (ReplayWorkflow.Input _) => true)
            .Run(ReplaySessionOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal(3, outcome.Calls.Count(call => call.Name == Advance));
        Assert.Equal((Input.SessionId, "System.IO.IOException"), (failed!.SessionId, failed.Fault));
    }

    private static ScriptedOrchestration Session(params ReplayStep[] steps) => Session([], steps);

    private static ScriptedOrchestration Session(List<long?> due, params ReplayStep[] steps)
    {
        var next = new Queue<ReplayStep>(steps);
        return new ScriptedOrchestration(Input)
            .On(Advance, (AdvanceReplayActivity.Input input) =>
            {
                due.Add(input.Due);
                return next.Dequeue();
            })
            .On(Finish, (ReplayWorkflow.Input _) => true);
    }

    private static ReplayStep Throw() => throw new IOException("no disk");
}
