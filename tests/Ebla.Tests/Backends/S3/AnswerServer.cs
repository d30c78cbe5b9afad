using System.Net;
using System.Text;

namespace Ebla.Tests.Backends.S3;

/// <summary>Answers to S3 requests as no server that can be installed here does: those are not to be had on demand.</summary>
internal sealed class AnswerServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Action<HttpListenerContext> _answer;

    public AnswerServer(Action<HttpListenerContext> answer)
    {
        _answer = answer;
        for (int port = 28900; ; port++)
        {
            try
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                _listener.Start();
                Location = $"s3:http://127.0.0.1:{port}/bucket";
                break;
            }
            catch (HttpListenerException) when (port < 28999)
            {
                // Taken: the next one.
            }
        }
        _ = ServeAsync();
    }

    public string Location { get; } = "";

    /// <summary>Reads the body, as servers do before they answer.</summary>
    public static void Answer(HttpListenerContext context, int status, string body = "", params (string Name, string Value)[] headers)
    {
        context.Request.InputStream.CopyTo(Stream.Null);
        context.Response.StatusCode = status;
        foreach ((string name, string value) in headers)
        {
            context.Response.Headers.Set(name, value);
        }
        context.Response.Close(context.Request.HttpMethod == "HEAD" ? [] : Encoding.UTF8.GetBytes(body), willBlock: true);
    }

    public static string Error(string code) => $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Because.</Message></Error>";

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = Task.Run(() => _answer(context));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed: the end of the test.
        }
    }
}
