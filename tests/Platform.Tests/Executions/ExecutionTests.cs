using Platform.Executions;

namespace Platform.Tests.Executions;

public sealed class ExecutionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<ExecutionStatus, ExecutionStatus> AllPairs()
    {
        var pairs = new TheoryData<ExecutionStatus, ExecutionStatus>();
        foreach (var from in Enum.GetValues<ExecutionStatus>())
        {
            foreach (var to in Enum.GetValues<ExecutionStatus>())
                pairs.Add(from, to);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Allows_EveryPair_IsTheContractsTable(ExecutionStatus from, ExecutionStatus to)
    {
        var expected = from switch
        {
            ExecutionStatus.Queued => "scheduled failed cancelled error",
            ExecutionStatus.Scheduled => "queued running failed cancelled error",
            ExecutionStatus.Running => "completed failed timeout cancelled error",
            _ => "",
        };

        Assert.Equal(expected.Split(' ').Contains(to.ToString().ToLowerInvariant()), from.Allows(to));
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Transitions_FromEveryState_AreTakenOrRefusedWhole(ExecutionStatus from, ExecutionStatus to)
    {
        var execution = In(from);
        var (version, slot) = (execution.Version, execution.HoldsSlot);

        var refusal = to switch
        {
            ExecutionStatus.Queued => execution.Requeue(Now),
            ExecutionStatus.Scheduled => execution.GrantSlot(Now) ?? execution.Schedule(Guid.CreateVersion7(), "node", Now),
            ExecutionStatus.Running => execution.Start(Now),
            _ => execution.Finish(to, new ExecutionResult(), Now),
        };

        if (from.Allows(to))
        {
            Assert.Null(refusal);
            Assert.Equal(to, execution.Status);
            Assert.True(execution.Version > version);
            Assert.Equal(to.IsTerminal(), execution.CompletedAt is not null);
        }
        else
        {
            Assert.Equal(ErrorKind.BadState, refusal?.Kind);
            Assert.Equal((from, version, slot), (execution.Status, execution.Version, execution.HoldsSlot));
        }
    }

    [Fact]
    public void Schedule_Twice_RefusesTheSecondClaim()
    {
        var execution = In(ExecutionStatus.Scheduled);
        var winner = execution.RunToken;

        Assert.NotNull(execution.Schedule(Guid.CreateVersion7(), "other", Now));
        Assert.Equal(winner, execution.RunToken);
    }

    [Fact]
    public void Requeue_AfterThreeStarts_IsRefused()
    {
        var execution = In(ExecutionStatus.Queued);
        var bands = new List<int> { execution.Band };

        for (var start = 1; start <= Execution.MaxStarts; start++)
        {
            Assert.Null(execution.GrantSlot(Now));
            Assert.Null(execution.Schedule(Guid.CreateVersion7(), "node", Now));
            var refusal = execution.Requeue(Now);
            Assert.Equal(start == Execution.MaxStarts, refusal is not null);
            bands.Add(execution.Band);
        }

        Assert.Equal([5, 8, 10, 10], bands);
    }

    [Fact]
    public void RequestCancel_Twice_KeepsTheFirstReason()
    {
        var execution = In(ExecutionStatus.Running);
        var first = Guid.CreateVersion7();

        Assert.Null(execution.RequestCancel("one", first, Now));
        Assert.Null(execution.RequestCancel("two", Guid.CreateVersion7(), Now));

        Assert.Equal(("one", first, ExecutionStatus.Running), (execution.CancelReason, execution.CancelEventId!.Value, execution.Status));
    }

    [Fact]
    public void Compensate_AfterThreeSteps_UndoesThemInReverse()
    {
        var saga = Saga.Begin(Guid.CreateVersion7(), In(ExecutionStatus.Queued), Now);
        saga.Reach(SagaSteps.CreatePod, Now);

        var undone = saga.Compensate(SagaState.Cancelled, null, Now);

        Assert.Equal(["remove_from_queue", "release_resources"], undone);
        Assert.Equal(SagaState.Cancelled, saga.State);
    }

    internal static Execution In(ExecutionStatus status)
    {
        var owner = new ExecutionOwner(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var source = new ExecutionSource("print(1)", "python", "3.11", null, ExecutionPriority.Normal, null);
        var execution = Execution.Create(Guid.CreateVersion7(), owner, source, new ExecutionLimits(300, 512, 2000), Now);
        if (status is ExecutionStatus.Queued)
            return execution;

        execution.GrantSlot(Now);
        execution.Schedule(Guid.CreateVersion7(), "node", Now);
        if (status is ExecutionStatus.Scheduled)
            return execution;

        execution.Start(Now);
        if (status is not ExecutionStatus.Running)
            execution.Finish(status, new ExecutionResult(), Now);
        return execution;
    }
}
