using System.Text;
using Platform.Variables;

namespace Platform.Builds;

/// <summary>The variables of a build's steps and what of them is secret.</summary>
internal sealed record StepVariables(IReadOnlyDictionary<string, string> Values, IReadOnlyCollection<string> Secrets)
{
    private const string FileName = "variables.sh";

    /// <summary>
    /// A shell script that sets them. They go into the sandbox as a file that only it sees: on its command line other users of the host could read them, and some
    /// (<c>LD_PRELOAD</c>) would change the programs that make the sandbox.
    /// </summary>
    public (string Name, ReadOnlyMemory<byte> Content) ToScript(IEnumerable<KeyValuePair<string, string>>? more = null)
    {
        var script = new StringBuilder();
        foreach (var (name, value) in Values.Concat(more ?? []))
            script.Append("export ").Append(name).Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
        return (FileName, Encoding.UTF8.GetBytes(script.ToString()));
    }
}

/// <summary>Puts together the variables of a build's steps (delivery §2.3): the project's, then those of its configuration, then those of the request; a later one wins.</summary>
public sealed class BuildVariables(RuntimeValues project, BuildVault vault)
{
    internal async Task<StepVariables> ReadAsync(Build build, CancellationToken ct)
    {
        var target = build.Environment switch
        {
            BuildEnvironment.Production => VariableTargets.Production,
            BuildEnvironment.Preview => VariableTargets.Preview,
            _ => VariableTargets.Development,
        };
        var own = await project.ReadAsync(build.ProjectId, target, VariableScopes.Builds, ct);
        var secrets = await vault.OpenAsync(build, ct);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["CI"] = "true" };
        foreach (var (name, value) in own.Concat(build.Config.Environment).Concat(secrets.Variables))
            values[name] = value;
        values["PLATFORM_BUILD_ID"] = build.Id.ToString();
        values["PLATFORM_BUILD_NUMBER"] = $"{build.Number}";
        values["PLATFORM_PROJECT_ID"] = build.ProjectId.ToString();
        values["PLATFORM_BRANCH"] = build.Branch ?? "";
        values["PLATFORM_COMMIT"] = build.CommitSha ?? "";
        values["PLATFORM_ENVIRONMENT"] = Data.EnumWords<BuildEnvironment>.ToWord(build.Environment);
        values["PLATFORM_ATTEMPT"] = $"{build.Attempt}";
        List<string> hidden = [.. own.Values, .. secrets.Variables.Values];
        if (secrets.Token is { } token)
            hidden.Add(token);
        return new StepVariables(values, hidden);
    }
}
