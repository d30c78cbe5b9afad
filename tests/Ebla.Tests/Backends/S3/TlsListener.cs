using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ebla.Tests.Backends.S3;

/// <summary>Shakes hands with a certificate, and says no more: what clients do then is not of interest.</summary>
internal sealed class TlsListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public TlsListener(string certificatePath)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificatePath, Path.ChangeExtension(certificatePath, ".key"));
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await using SslStream stream = new(client.GetStream());
                try
                {
                    await stream.AuthenticateAsServerAsync(_certificate);
                    await stream.ReadExactlyAsync(new byte[1]);
                }
                catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client hung up, as it should.
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed: the end of the test.
        }
    }
}
