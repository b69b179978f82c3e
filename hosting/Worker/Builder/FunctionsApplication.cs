namespace EmbeddedFunctions.Worker.Builder;

/// <summary>The entry to a function app.</summary>
public class FunctionsApplication
{
    /// <summary>Starts building the app. Command-line arguments are settings too; <c>--port N</c> chooses the port.</summary>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
