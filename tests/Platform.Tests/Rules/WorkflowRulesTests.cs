using System.Reflection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

public sealed class WorkflowRulesTests
{
    private static readonly Type[] Workflows = [.. ProductTypes.All.Where(type => type.GetField("Name") is { IsLiteral: true } && type.GetMethod("InstanceId", BindingFlags.Public | BindingFlags.Static) is not null)];

    [Fact]
    public void Orchestrators_AreEachAWorkflowOfShared()
    {
        var known = Workflows.Select(workflow => (string)workflow.GetField("Name")!.GetRawConstantValue()!).ToHashSet();
        Violations.None(ProductTypes.All.SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(OrchestrationTriggerAttribute))))
            .Where(method => !known.Contains(method.GetCustomAttribute<FunctionAttribute>()!.Name))
            .Select(method => $"{method.DeclaringType}: no class of shared has its name and its InstanceId"));
    }

    [Fact]
    public void InstanceIds_OfTwoWorkflows_NeverMeet()
    {
        Assert.NotEmpty(Workflows);
        Violations.None(WorkflowIds.Clashes(Workflows));
    }

    [Fact]
    public void Workflows_AreStartedAndSignalledByTheirOwnIds() => Violations.None(SourceFile.Product.SelectMany(WorkflowIds.MadeElsewhere));

    [Fact]
    public void Clashes_OfSamePrefixOrPrefixOfAnother_AreFound()
    {
        Assert.Equal(2, WorkflowIds.Clashes([typeof(First), typeof(Same)]).Count());
        Assert.Single(WorkflowIds.Clashes([typeof(First), typeof(Longer)]));
        Assert.Single(WorkflowIds.Clashes([typeof(Open)]));
        Assert.Empty(WorkflowIds.Clashes([typeof(First), typeof(Other)]));
    }

    [Theory]
    [InlineData("workflows.Start(First.Name, First.InstanceId(id), input);", false)]
    [InlineData("workflows.Start(First.Name, Other.InstanceId(id), input);", true)]
    [InlineData("workflows.Start(First.Name, $\"first-{id}\", input);", true)]
    [InlineData("workflows.Signal(First.InstanceId(id), First.Wake);", false)]
    [InlineData("workflows.Signal(\"first-\" + id, First.Wake);", true)]
    public void MadeElsewhere_SeesIdsThatTheWorkflowDidNotMake(string statement, bool found) =>
        Assert.Equal(found, WorkflowIds.MadeElsewhere(new SourceFile("x.cs", statement)).Any());

    private static class First
    {
        public static string InstanceId(Guid id) => $"first-{id}";
    }

    private static class Same
    {
        public static string InstanceId(Guid id, int attempt) => $"first-{id}-{attempt}";
    }

    private static class Longer
    {
        public static string InstanceId(string name) => $"first-of-{name}";
    }

    private static class Open
    {
        public static string InstanceId(long id) => $"open{id}";
    }

    private static class Other
    {
        public static string InstanceId(Guid id) => $"other-{id}";
    }
}
