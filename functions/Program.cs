using Microsoft.Extensions.Hosting;
using Platform.Functions;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddPlatform();
builder.Build().Run();
