using Microsoft.Extensions.Hosting;
using Platform.Functions;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddPlatform();
var app = builder.Build();
if (CommandLine.Find(args) is { } command)
    return await command(app.Services);
app.Run();
return Environment.ExitCode; // not 0 where a service failed to start
