using Microsoft.Extensions.Logging;

namespace Platform.Sandbox.Linux;

/// <summary>What a supervisor needs besides the run itself.</summary>
internal sealed record SandboxSetup(ControlGroup? Group, bool HasMemoryGroup, bool HasProcessGroup, bool HasFilter, TimeSpan Grace, TimeProvider Clock, ILogger Logger);
