using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Documentation;

/// <summary>Holds <c>docs/permissions.md</c> against the app. <c>PLATFORM_WRITE_DOCS=1</c> writes it instead.</summary>
public sealed class PermissionMatrixTests
{
    [Fact]
    public void PermissionsPage_IsWhatTheAppDoes()
    {
        var path = RepositoryFiles.PathOf("docs", "permissions.md");
        var expected = PermissionMatrix.Write(OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly)).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("PLATFORM_WRITE_DOCS") == "1")
            File.WriteAllText(path, expected);
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        Violations.None(expected.Split('\n').Except(lines).Select(line => $"missing: {line}").Concat(lines.Except(expected.Split('\n')).Select(line => $"outdated: {line}")));
        Assert.Equal(expected, string.Join('\n', lines));
    }
}
