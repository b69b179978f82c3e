using EmbeddedFunctions.DurableTask;

namespace Platform.Tests.Hosting;

/// <summary>What is broken until somebody repairs it.</summary>
public sealed class Workshop
{
    public bool IsRepaired { get; set; }
}

/// <summary>An orchestration to rewind: it fails until the workshop is repaired.</summary>
public sealed class WorkshopFunctions(Workshop workshop)
{
    [Function("Mend")]
    public static Task<string> MendAsync([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>("Mend_Try", context.GetInput<string>());

    [Function("Mend_Try")]
    public string Try([ActivityTrigger] string part) => workshop.IsRepaired ? $"mended {part}" : throw new InvalidOperationException("still broken");
}
