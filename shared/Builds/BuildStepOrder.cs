namespace Platform.Builds;

/// <summary>Places of a build's steps. What the platform adds by itself stands before and behind those that users place.</summary>
internal static class BuildStepOrder
{
    public const int Fetch = 1;
    public const int MostSteps = 100;

    private const int FirstHook = 2;
    private const int FirstOfPlan = 20;

    /// <summary>Of hooks before the plan.</summary>
    public static int OfPreHook(int index) => FirstHook + index;

    public static int OfPlan(int index) => FirstOfPlan + index;
}
