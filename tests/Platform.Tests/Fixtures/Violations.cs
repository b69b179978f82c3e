namespace Platform.Tests.Fixtures;

public static class Violations
{
    /// <summary>Fails with every violation on a line of its own; xunit's own messages stop after five.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var found = violations.ToList();
        if (found.Count > 0)
            Assert.Fail($"{found.Count} violations:\n{string.Join('\n', found)}");
    }
}
