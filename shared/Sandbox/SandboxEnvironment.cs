namespace Platform.Sandbox;

/// <summary>The variables that a program sees.</summary>
internal static class SandboxEnvironment
{
    private const string PodPrefix = "executor-";

    public static Dictionary<string, string> Of(SandboxRun run)
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
        };
        foreach (var (name, value) in run.Environment)
            variables[name] = value;
        variables["EXECUTION_ID"] = run.ExecutionId ?? (run.Name.StartsWith(PodPrefix, StringComparison.Ordinal) ? run.Name[PodPrefix.Length..] : run.Name);
        variables["OUTPUT_PATH"] = "/output";
        variables["HOME"] = "/tmp";
        return variables;
    }
}
