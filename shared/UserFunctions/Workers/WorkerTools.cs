using Microsoft.Extensions.Options;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>What workers are made with.</summary>
public sealed class WorkerTools(ISandbox sandbox, IOptions<FunctionOptions> options, FunctionCompiler compiler, CodeFolders folders, WorkerCode code, TimeProvider clock)
{
    public ISandbox Sandbox => sandbox;

    public FunctionOptions Options => options.Value;

    public FunctionCompiler Compiler => compiler;

    public CodeFolders Folders => folders;

    public WorkerCode Code => code;

    public TimeProvider Clock => clock;
}
