"""X20: a server whose jobs keep nobody from accept(), in the loop of asyncio."""
import asyncio
import os


async def job(_, c):
    await asyncio.sleep(0.051)
    c.write(b"done\n")
    c.close()


async def main():
    port = int(os.environ.get("PORT", "7777"))
    server = await asyncio.start_server(job, "127.0.0.1", port, backlog=128)
    async with server:
        await server.serve_forever()


asyncio.run(main())
