namespace Platform.Tests.Events;

public sealed class EchoOrchestration(Seen seen)
{
    public sealed record Input(string Name);

    [Function("Echo")]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) => await context.CallActivityAsync("EchoActivity", context.GetInput<Input>());

    [Function("EchoActivity")]
    public void Note([ActivityTrigger] Input input) => seen.Add("workflow", input.Name);
}
