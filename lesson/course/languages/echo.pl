# A server and a client in one program. The server closes first.
use strict;
use warnings;
use IO::Socket::INET;

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 7777, Listen => 5) or die $@;
my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 7777) or die $@;
my $server = $listener->accept or die $!;

$client->syswrite('hi');
print $server->sysread(my $got, 4), "\n";
$server->syswrite($got);
close $server;

$client->sysread(my $back, 4);
print "$back\n";
STDOUT->flush;
$client->syswrite('a');    # the answer to this is a reset
$client->syswrite('b');
print "still alive\n";
