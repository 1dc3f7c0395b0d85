import {
  App,
  Controller,
  Get,
  MemoryStore,
  Param,
  Post,
  Session,
  SessionView,
  sessions,
} from 'ingot'

// #region asking
/** What this application keeps of a visitor. */
interface Visit {
  name: string
  pages: string[]
}

@Controller()
class Pages {
  @Post('/name/:name')
  setName(session: Session<Visit>, @Param('name') name: string) {
    session.set('name', name)
  }

  @Post('/pages/:page')
  addPage(session: Session<Visit>, @Param('page') page: string) {
    // A change inside a value is stored as well.
    const pages = session.get('pages') ?? []
    pages.push(page)
    session.set('pages', pages)
  }

  @Get('/name')
  name(session: SessionView<Visit>) {
    return session.get('name') ?? 'stranger'
  }

  @Get('/pages')
  pages(session: SessionView<Visit>) {
    return session.get('pages') ?? []
  }

  @Get('/about')
  about() {
    return 'This page loads no session.'
  }
}

export const app = new App({ components: [sessions(new MemoryStore())], routes: [Pages] })
// #endregion
