using EmbeddedFunctions.TestKit;
using Platform.Orchestrations.UserFunctions;
using Platform.UserFunctions;

namespace Platform.Tests.UserFunctions;

/// <summary>The branches of a deployment's workflow.</summary>
public sealed class FunctionDeploymentOrchestratorTests
{
    private const string Abandon = "Functions_AbandonDeployment";
    private static readonly string[] Steps = ["Functions_Package", "Functions_Probe", "Functions_Switch", "Functions_Verify", "Functions_CompleteDeployment"];
    private static readonly FunctionDeploymentRun.Input Input = new(Guid.CreateVersion7(), Guid.CreateVersion7(), null);

    private readonly List<bool> _outOfTime = [];

    [Fact]
    public void Deployment_WhoseStepsSucceed_RunsAllOfThem()
    {
        var outcome = Deployment().Run(FunctionDeploymentOrchestrator.RunAsync);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, TimeSpan.Zero), (outcome.Status, outcome.Duration));
        Assert.Equal(Steps, CallsOf(outcome));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Deployment_WhoseStepEndsIt_GoesNoFurther(int step)
    {
        var outcome = Deployment().On(Steps[step], (FunctionDeploymentRun.Input _) => false).Run(FunctionDeploymentOrchestrator.RunAsync);

        Assert.Equal(Steps[..(step + 1)], CallsOf(outcome));
    }

    [Fact]
    public void Deployment_WhoseStepFailsForGood_IsAbandoned()
    {
        var outcome = Deployment().On("Functions_Probe", (FunctionDeploymentRun.Input _) => Fail()).Run(FunctionDeploymentOrchestrator.RunAsync);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, outcome.Status);
        Assert.Equal(["Functions_Package", "Functions_Probe", "Functions_Probe", "Functions_Probe", Abandon], CallsOf(outcome));
        Assert.Equal([false], _outOfTime);
    }

    [Theory]
    [InlineData(0, 15)]
    [InlineData(1, 15)]
    [InlineData(3, 15)]
    [InlineData(4, 15)]
    [InlineData(0, 60)]
    public void Deployment_LongerThan15Minutes_IsAbandonedThen(int step, int minutes)
    {
        var outcome = Deployment().Lasting(Steps[step], TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(1)).Run(FunctionDeploymentOrchestrator.RunAsync);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, TimeSpan.FromMinutes(15)), (outcome.Status, outcome.Duration));
        Assert.Equal([.. Steps[..(step + 1)], Abandon], CallsOf(outcome));
        Assert.Equal([true], _outOfTime);
    }

    [Fact]
    public void Deployment_OfManySlowSteps_Has15MinutesForAllTogether()
    {
        var deployment = Deployment();
        foreach (var step in Steps)
            deployment.Lasting(step, TimeSpan.FromMinutes(4));

        var outcome = deployment.Run(FunctionDeploymentOrchestrator.RunAsync);

        Assert.Equal([.. Steps[..4], Abandon], CallsOf(outcome));
    }

    private static bool Fail() => throw new InvalidOperationException("no disk");

    private static IEnumerable<string> CallsOf(ScriptedOutcome outcome) => outcome.Calls.Where(call => call.Kind == "activity").Select(call => call.Name);

    private ScriptedOrchestration Deployment()
    {
        var script = new ScriptedOrchestration(Input);
        foreach (var step in Steps)
            script.On(step, (FunctionDeploymentRun.Input _) => true);
        return script.On(Abandon, (FunctionDeploymentRun.Input input) =>
        {
            _outOfTime.Add(input.OutOfTime);
            return (object?)null;
        });
    }
}
