using Platform.Secrets;

namespace Platform.UserFunctions;

/// <summary>What a worker is to run.</summary>
internal sealed record WorkerSpec
{
    public required ActiveFunction Function { get; init; }

    public required FunctionRuntime Runtime { get; init; }

    public required string Entrypoint { get; init; }

    /// <summary>Of the function's code with its dependencies; null for code that is not kept.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>Its program is not there yet.</summary>
    public bool NeedsCompiling { get; init; }

    /// <summary>0 for code that is not kept.</summary>
    public required int Version { get; init; }

    /// <summary>Code that is not kept.</summary>
    public ReadOnlyMemory<byte>? Unsaved { get; init; }

    /// <summary>Variables over all others.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>Mebibytes that its start and its run take at most.</summary>
    public int RoomMb => NeedsCompiling ? Math.Max(Function.MemoryMb, FunctionCompiler.MemoryMb) : Function.MemoryMb;

    public static WorkerSpec Of(ActiveFunction function, FunctionVersion version, FunctionRuntime runtime) => new()
    {
        Function = function,
        Runtime = runtime,
        Entrypoint = version.Entrypoint,
        Sha256 = version.PackageSha256 ?? version.CodeSha256,
        Version = version.Number,
        NeedsCompiling = runtime.Rules.IsCompiled && version.PackageSha256 is null,
    };
}

/// <summary>What a worker finds in its environment.</summary>
/// <param name="Secrets">Hides the values that users have given; what the platform tells a function is no secret.</param>
internal sealed record WorkerVariables(IReadOnlyDictionary<string, string> Values, SecretMask Secrets);

/// <summary>One invocation for a worker.</summary>
internal sealed record WorkerCall
{
    public required Guid Id { get; init; }

    public required InvocationEvent Event { get; init; }

    /// <summary>Of the handler.</summary>
    public required TimeSpan Timeout { get; init; }

    public bool IsTest { get; init; }
}

/// <summary>What came of an invocation in its worker.</summary>
/// <param name="Result">JSON, when there is one.</param>
internal sealed record WorkerOutcome(InvocationStatus Status, string? Result, InvocationError? Error)
{
    /// <summary>Of the handler.</summary>
    public TimeSpan Duration { get; init; }

    public TimeSpan Cpu { get; init; }

    public long PeakKb { get; init; }

    public long ResponseBytes { get; init; }

    public IReadOnlyList<FunctionLogLine> Logs { get; init; } = [];

    /// <summary>The worker was gone before it could be asked: no code has run.</summary>
    public bool NeverRan { get; init; }
}

/// <summary>Something that takes invocations of one function, one at a time.</summary>
internal interface IFunctionWorker
{
    Guid Id { get; }

    /// <summary>From its start until its code was loaded.</summary>
    TimeSpan Init { get; }

    /// <summary>False once it may be given no further invocation.</summary>
    bool IsUsable { get; }

    /// <summary>Ends when nothing of it is left.</summary>
    Task Ended { get; }

    Task<WorkerOutcome> InvokeAsync(WorkerCall call);

    /// <summary>Ends it at once, whatever it does.</summary>
    void Kill();
}

/// <summary>Why there is no worker.</summary>
/// <param name="Outcome">What the function's own code did to prevent it; null when the host could not run it.</param>
internal sealed record WorkerFailure(WorkerOutcome? Outcome, TimeSpan Init);

/// <summary>A process in the sandbox, and what ends it.</summary>
internal sealed record WorkerProcess(Task<Sandbox.SandboxResult> Run, CancellationTokenSource End);
