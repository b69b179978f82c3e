namespace Platform.Tour;

/// <summary>Something was not as the tour promises; ends the tour with a non-zero code.</summary>
internal sealed class Surprise(string message) : Exception(message)
{
    public static void When(bool condition, string message)
    {
        if (condition)
            throw new Surprise(message);
    }
}
